# PROTOCOL: how this script is asked and how it answers.
#
# A request is one line of ASCII JSON on standard input: {"id":7,"verb":"createDirectories","arguments":{...}}.
# A reply is one line on standard output: the session's mark, then ASCII JSON: {"id":7,"value":...} or {"id":7,"error":{...}}.
# Replies come in any order. The main thread only reads and hands out; the work is done by "lanes", background runspaces of this
# process, so that the end of the input ends the process at once, whatever it is doing. Jobs of Hyper-V go on; they are not ours to end.

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
Set-StrictMode -Version 1

# Windows PowerShell 5.1 adds a Count to arrays, and its ConvertTo-Json then writes some of them as objects.
if ($PSVersionTable.PSEdition -cne 'Core') { Remove-TypeData -TypeName System.Array -ErrorAction SilentlyContinue }

$ProtocolVersion = 1

# The kind of work that a verb is.
$LaneOfVerb = @{
    inspect = 'hyper-v'; findVirtualMachines = 'hyper-v'; listVirtualMachines = 'hyper-v'; listReferencePoints = 'hyper-v'; exportReferencePoints = 'hyper-v'
    createReferencePoints = 'hyper-v'; destroyReferencePoints = 'hyper-v'; findPointJobs = 'hyper-v'; pollPointJobs = 'hyper-v'
    listCheckpoints = 'hyper-v'; createCheckpoints = 'hyper-v'; exportCheckpoints = 'hyper-v'; convertCheckpoints = 'hyper-v'
    removeCheckpoints = 'hyper-v'; findCheckpointJobs = 'hyper-v'; pollCheckpointJobs = 'hyper-v'
    findExportJobs = 'hyper-v'; terminateJobs = 'hyper-v'; pollJobs = 'hyper-v'
    createTestMachines = 'hyper-v'; removeTestMachines = 'hyper-v'; readInstances = 'hyper-v'
    readDirectories = 'files'; surveyDirectories = 'files'; createDirectories = 'files'; removeEmptyDirectories = 'files'
    createTextFiles = 'files'; replaceTextFiles = 'files'; moveFiles = 'files'
}

# Starts the bridge; returns when the input has ended.
#   Mark            begins every reply, so that whatever else this shell prints is told apart
#   Text            this script: the lanes run all of it, the main thread what stands before the line "#lanes"
#   SilenceSeconds  after so long without a word the other side is taken for dead
function Start-Bridge([string]$Mark, [string]$Text, [int]$SilenceSeconds) {
    $global:Bridge = [hashtable]::Synchronized(@{
            Mark = $Mark; Text = $Text; SilenceSeconds = $SilenceSeconds; HeardAt = [Diagnostics.Stopwatch]::GetTimestamp()
            Tasks = [Collections.Concurrent.ConcurrentDictionary[string, object]]::new()
            # How many requests of a kind are worked on at once.
            Lanes = @{ 'hyper-v' = New-Lane 1; files = New-Lane 2; tasks = New-Lane 2 }
        })
    Send-Reply ('{"id":0,"value":' + (Get-EnvironmentJson) + '}')
    Start-Watch
    while ($null -ne ($line = [Console]::In.ReadLine())) {
        if (Test-Silence) { return }
        $Bridge.HeardAt = [Diagnostics.Stopwatch]::GetTimestamp()
        if ($line.Trim().Length -eq 0) { continue }
        $request = ConvertFrom-Json -InputObject $line
        switch -CaseSensitive ($request.verb) {
            'ping' { Send-Reply ('{"id":' + $request.id + ',"value":null}') }
            'startTasks' { Invoke-Request $request }
            'cancelTasks' { Invoke-Request $request }
            'pollTasks' { Invoke-Request $request }
            default {
                $lane = $LaneOfVerb[[string]$request.verb]
                if ($lane) { Add-Work $lane $request } else { Invoke-Request $request }
            }
        }
    }
}

# Answers one request. Whatever goes wrong becomes an answer: a request that is never answered would hold its caller up.
function Invoke-Request($Request) {
    try {
        $answer = switch -CaseSensitive ($Request.verb) {
            'inspect' { Get-HyperVState }
            'findVirtualMachines' { Find-VirtualMachines $Request.arguments }
            'listVirtualMachines' { Get-VirtualMachineNames }
            'listReferencePoints' { Get-ReferencePoints $Request.arguments }
            'exportReferencePoints' { Export-ReferencePoints $Request.arguments }
            'createReferencePoints' { New-ReferencePoints $Request.arguments }
            'destroyReferencePoints' { Remove-ReferencePoints $Request.arguments }
            'findPointJobs' { Find-PointJobs $Request.arguments }
            'pollPointJobs' { Get-PointJobs $Request.arguments }
            'listCheckpoints' { Get-Checkpoints $Request.arguments }
            'createCheckpoints' { New-Checkpoints $Request.arguments }
            'exportCheckpoints' { Export-Checkpoints $Request.arguments }
            'convertCheckpoints' { Convert-Checkpoints $Request.arguments }
            'removeCheckpoints' { Remove-Checkpoints $Request.arguments }
            'findCheckpointJobs' { Find-CheckpointJobs $Request.arguments }
            'pollCheckpointJobs' { Get-CheckpointJobs $Request.arguments }
            'findExportJobs' { Find-ExportJobs $Request.arguments }
            'terminateJobs' { Stop-ExportJobs $Request.arguments }
            'pollJobs' { Get-ExportJobs $Request.arguments }
            'createTestMachines' { New-TestMachines $Request.arguments }
            'removeTestMachines' { Remove-TestMachines $Request.arguments }
            'readInstances' { Read-Instances $Request.arguments }
            'readDirectories' { Read-Directories $Request.arguments }
            'surveyDirectories' { Search-MarkedDirectories $Request.arguments }
            'createDirectories' { New-Directories $Request.arguments }
            'removeEmptyDirectories' { Remove-EmptyDirectories $Request.arguments }
            'createTextFiles' { New-TextFiles $Request.arguments }
            'replaceTextFiles' { Set-TextFiles $Request.arguments }
            'moveFiles' { Move-Files $Request.arguments }
            'startTasks' { Start-Tasks $Request.arguments }
            'cancelTasks' { Stop-Tasks $Request.arguments }
            'pollTasks' { Get-Tasks $Request.arguments }
            default { throw (New-Failure 'invalidParameter' "There is no verb $($Request.verb).") }
        }
        Send-Reply ('{"id":' + $Request.id + ',"value":' + $answer + '}')
    }
    catch { Send-Reply ('{"id":' + $Request.id + ',"error":' + (ConvertTo-FailureJson $_) + '}') }
}

# One whole line at a time: this writer lets one thread in after the other.
function Send-Reply([string]$Json) {
    [Console]::Out.WriteLine($Bridge.Mark + $Json)
}

# --- Lanes ---------------------------------------------------------------------------------------------------------------------------

# Gives work to a lane; opens another one, up to the limit, while all that are open have something to do.
function Add-Work([string]$Name, $Work) {
    $lane = $Bridge.Lanes[$Name]
    $lane.Queue.Add($Work)
    # A lane that waits has left a token; taking it promises this work to that lane.
    if ($lane.Waiting.WaitOne(0)) { return }
    [Threading.Monitor]::Enter($lane)
    try {
        if ($lane.Open -ge $lane.Limit) { return }
        $lane.Open++
    }
    finally { [Threading.Monitor]::Exit($lane) }
    $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
    [void]$shell.AddScript($Bridge.Text, $false).AddStatement().AddCommand('Invoke-Lane').AddArgument($Bridge).AddArgument($Name)
    [void]$shell.BeginInvoke()
}

function New-Lane([int]$Limit) {
    @{
        Limit = $Limit; Open = 0
        Queue = [Collections.Concurrent.BlockingCollection[object]]::new()
        Waiting = [Threading.Semaphore]::new(0, $Limit + 1)
    }
}

# Runs in a lane's own runspace until the process ends.
function Invoke-Lane($Shared, [string]$Name) {
    $global:Bridge = $Shared
    $lane = $Shared.Lanes[$Name]
    $work = $null
    while ($true) {
        if (-not $lane.Queue.TryTake([ref]$work)) {
            [void]$lane.Waiting.Release()
            $work = $lane.Queue.Take()
        }
        if ($Name -eq 'tasks') { Invoke-TaskTurn $work } else { Invoke-Request $work }
    }
}

# Whether nothing was heard for so long that the other side may have asked a successor: it gives a shell up after half of the silence at
# the earliest, and a word of it comes much more often. A process that was stopped, or whose machine slept, sees that when it goes on.
# Not by the time of day, which may be set by hours. This clock goes on while Windows sleeps.
function Test-Silence { ([Diagnostics.Stopwatch]::GetTimestamp() - $Bridge.HeardAt) / [Diagnostics.Stopwatch]::Frequency * 2 -ge $Bridge.SilenceSeconds }

# Before each change: what was asked before the silence must not be done beside, or after, what a successor does.
function Assert-Wanted {
    if (Test-Silence) { throw (New-Failure 'connectionLost' 'Nobody was heard of for too long, so nothing is changed any more.') }
}

# Ends the process when nothing has been heard for too long: behind a dropped network it would go on working beside its successor.
function Start-Watch {
    $state = [initialsessionstate]::Create()
    $state.LanguageMode = [Management.Automation.PSLanguageMode]::FullLanguage
    $watch = [powershell]::Create($state)
    [void]$watch.AddScript({
            param($Shared)
            while ($true) {
                [Threading.Thread]::Sleep(500)
                $silence = ([Diagnostics.Stopwatch]::GetTimestamp() - $Shared.HeardAt) / [Diagnostics.Stopwatch]::Frequency
                if ($silence -gt $Shared.SilenceSeconds) { [Environment]::Exit(0) }
            }
        }.ToString()).AddArgument($Bridge)
    [void]$watch.BeginInvoke()
}

# --- Values --------------------------------------------------------------------------------------------------------------------------

# Converted to a delegate once: converting it in each call costs sixty times the call.
$EscapeCharacter = [Text.RegularExpressions.MatchEvaluator] { param($match) '\u{0:x4}' -f [int]$match.Value[0] }
$NotAscii = [regex]'[^\x20-\x7e]'
$NotPlain = [regex]'[^\x20-\x7e]|["\\]'

function ConvertTo-AsciiJson($Value) {
    $json = ConvertTo-Json -InputObject $Value -Compress -Depth 20
    if ($NotAscii.IsMatch($json)) { return $NotAscii.Replace($json, $EscapeCharacter) }
    $json
}

function ConvertTo-JsonText([string]$Text) {
    if ($NotPlain.IsMatch($Text)) { $Text = $NotPlain.Replace($Text, $EscapeCharacter) }
    '"' + $Text + '"'
}

# A text of a request. Each begins with a sign, because PowerShell 7 makes a date of a text that looks like one: "=" and the text, or
# "!" where the text holds half of a surrogate pair, which ConvertFrom-Json would replace by another character.
function Get-Text($Value) {
    if ($Value[0] -cne '=') { throw (New-Failure 'invalidParameter' 'The text holds half of a surrogate pair.') }
    $Value.Substring(1)
}

# One answer an item, in order; one item's failure is its own. The work writes the JSON of its value.
function ConvertTo-Answers($Items, [scriptblock]$Work) {
    $answers = [Collections.Generic.List[string]]::new()
    foreach ($item in $Items) {
        try { $answers.Add('{"value":' + (& $Work $item) + '}') }
        catch { $answers.Add('{"error":' + (ConvertTo-FailureJson $_) + '}') }
    }
    '[' + [string]::Join(',', $answers.ToArray()) + ']'
}

# --- Failures ------------------------------------------------------------------------------------------------------------------------

# An error of ours, to be thrown. Kind is one of the words that the other side knows.
function New-Failure([string]$Kind, [string]$Message, [string]$Path) {
    $failure = [InvalidOperationException]::new($Message)
    $failure.Data['kind'] = $Kind
    if ($Path) { $failure.Data['path'] = $Path }
    $failure
}

# The exception that the system raised, below those in which PowerShell wraps it.
function Get-Cause($ErrorRecord) {
    $cause = $ErrorRecord.Exception
    while ($cause -is [Management.Automation.RuntimeException] -and $cause.InnerException) { $cause = $cause.InnerException }
    $cause
}

# What is known of an error, in codes: its text is in the host's language and is for people only.
function ConvertTo-FailureJson($ErrorRecord) {
    $cause = Get-Cause $ErrorRecord
    $native = $cause.PSObject.Properties['NativeErrorCode']
    ConvertTo-AsciiJson @{
        kind = $cause.Data['kind']; path = $cause.Data['path']; fault = $cause.Data['fault']; returnCode = $cause.Data['returnCode']
        refusal = $cause.Data['refusal']
        called = [bool]$cause.Data['called']; message = $cause.Message; hresult = $cause.HResult; id = $ErrorRecord.FullyQualifiedErrorId
        nativeErrorCode = $(if ($native -and $cause -isnot [ComponentModel.Win32Exception]) { [int]$native.Value })
    }
}
