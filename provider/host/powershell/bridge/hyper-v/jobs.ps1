# JOBS: export jobs are listed, polled by their path, and terminated.

# CIM_ConcreteJob.JobState: completed, terminated, killed, exception, and Hyper-V's own "completed with warnings".
$EndedJobStates = 7, 8, 9, 10, 32768

# Msvm_ConcreteJob.JobType "Export Reference Point".
$ExportJobType = 203

# The same of a query: every state but those.
$RunningJobs = '(JobState<7 OR (JobState>10 AND JobState<>32768))'

# Export jobs of either class: those that run, and of the ended ones those that may be of these directories or paths. A night's ended jobs
# are listed for minutes, and to tell of all of them each time would cost more than the exports. Which of them write to a directory is for
# the other side to say: it knows the rules of paths, and what it has started itself. A job of the class Msvm_ConcreteJob does not name its
# directory.
function Find-ExportJobs($Arguments) {
    $ofDirectories = @(
        # No job writes to a directory whose name cannot be asked for.
        foreach ($directory in $Arguments.directories) {
            if ($directory[0] -ceq '=') { ConvertTo-WqlLeafCondition 'ExportDirectory' (Get-Text $directory) }
        }
    )
    $atPaths = @(
        foreach ($path in $Arguments.paths) {
            $id = Get-JobId (Get-Text $path)
            if ($id) { ConvertTo-WqlCondition 'InstanceID' $id }
        }
    )
    $jobs = New-Index
    foreach ($job in @(
            Get-HyperVInstancesByConditions 'Msvm_VirtualSystemReferencePointExportJob' (@($RunningJobs) + $ofDirectories)
            Get-HyperVInstancesByConditions 'Msvm_ConcreteJob' (@("(JobType=$ExportJobType AND $RunningJobs)") + $atPaths)
        )) { $jobs[$job.InstanceID] = $job }
    if ($jobs.Count -eq 0) { Assert-HyperVVisible }
    '[' + [string]::Join(',', @(foreach ($job in $jobs.Values) { ConvertTo-JobJson $job })) + ']'
}

# The jobs at these paths, each asked for by the key in its path, whatever its class; null for one that is not listed (any more).
function Get-ExportJobs($Arguments) {
    $ids = @(foreach ($path in $Arguments.paths) { [string](Get-JobId (Get-Text $path)) })
    $jobs = Get-JobsById $ids
    ConvertTo-Answers $ids {
        param($id)
        if ($id -and $jobs.ContainsKey($id)) { ConvertTo-JobJson $jobs[$id] } else { 'null' }
    }
}

function Get-JobsById([string[]]$Ids) {
    $jobs = New-Index
    $conditions = @(foreach ($id in $Ids) { if ($id) { ConvertTo-WqlCondition 'InstanceID' $id } })
    foreach ($job in Get-HyperVInstancesByConditions 'CIM_ConcreteJob' $conditions) { $jobs[$job.InstanceID] = $job }
    # That a job is gone is believed only of a host that shows its services.
    if ($jobs.Count -lt @($conditions | Select-Object -Unique).Count) { Assert-HyperVVisible }
    $jobs
}

# InstanceID from a job's path; nothing where the text is no path of a job.
function Get-JobId([string]$Path) {
    if ($Path -cmatch '^\\\\[^\\]+\\root\\virtualization\\v2:\w+\.InstanceID="((?:[^"\\]|\\.)*)"$') {
        $Matches[1] -creplace '\\(.)', '$1'
    }
}

# What every job tells.
function Get-JobFacts($Job) {
    $started = Get-Value $Job 'StartTime'
    if (-not $started) { $started = Get-Value $Job 'TimeSubmitted' }
    @{
        path            = Get-InstancePath $Job ([ordered]@{ InstanceID = $Job.InstanceID })
        jobState        = $Job.JobState
        percentComplete = [int](Get-Value $Job 'PercentComplete')
        errorCode       = [int](Get-Value $Job 'ErrorCode')
        errorTexts      = @(Get-JobErrorTexts $Job (Test-FailedJob $Job))
        startedAt       = $(if ($started) { ConvertTo-IsoTime $started })
    }
}

function Test-FailedJob($Job) { $EndedJobStates -contains $Job.JobState -and ($Job.JobState -eq 10 -or $Job.ErrorCode -ne 0) }

function ConvertTo-JobJson($Job) {
    $files = @(
        foreach ($name in 'ExportedConfigFilePath', 'ExportedRuntimeFilePath', 'ExportedGuestStateFilePath', 'ExportedLogFilePaths') {
            foreach ($path in @(Get-Value $Job $name)) { if ($path) { @{ path = $path; property = $name } } }
        }
    )
    ConvertTo-AsciiJson ((Get-JobFacts $Job) + @{
        exportDirectory      = Get-Value $Job 'ExportDirectory'
        virtualMachineId     = Get-Value $Job 'VirtualMachineId'
        referencePointId     = Get-Value $Job 'ReferencePointId'
        baseReferencePointId = Get-Value $Job 'BaseReferencePointId'
        exportedFiles        = $files
        exportedDisks        = @(Get-Value $Job 'ExportedDisks' | Where-Object { $_ })
    })
}

# What Hyper-V says about a job's trouble, the summary first. Texts for people, in the host's language.
function Get-JobErrorTexts($Job, [bool]$Failed) {
    $texts = @((Get-Value $Job 'ErrorSummaryDescription'), (Get-Value $Job 'ErrorDescription'))
    if ($Failed) {
        try {
            $result = Invoke-CimMethod -InputObject $Job -MethodName GetErrorEx -OperationTimeoutSec $QueryTimeout
            foreach ($embedded in @(Get-Value $result 'Errors')) { if ($embedded) { $texts += Get-EmbeddedValue $embedded 'Message' } }
        }
        # The job's own descriptions must do.
        catch { }
    }
    $texts | Where-Object { $_ } | Select-Object -Unique
}

# A property's value in the XML text of an instance.
function Get-EmbeddedValue([string]$Xml, [string]$Name) {
    $document = [Xml.XmlDocument]::new()
    $document.XmlResolver = $null
    $document.LoadXml($Xml)
    foreach ($property in $document.GetElementsByTagName('PROPERTY')) {
        if ($property.GetAttribute('NAME') -eq $Name) { return $property.InnerText }
    }
}

function Stop-ExportJobs($Arguments) {
    $ids = @(foreach ($path in $Arguments.paths) { [string](Get-JobId (Get-Text $path)) })
    $jobs = Get-JobsById $ids
    ConvertTo-Answers $ids {
        param($id)
        if ($id -and $jobs.ContainsKey($id)) { Stop-ExportJob $jobs[$id] }
        'null'
    }
}

# Asks a job to end: RequestStateChange 4, terminate. Whoever refuses is asked whether the job has ended in the meantime.
function Stop-ExportJob($Job) {
    if ($EndedJobStates -contains $Job.JobState) { return }
    $code = $null
    try { $code = (Invoke-HyperVMethod $Job 'RequestStateChange' @{ RequestedState = [uint16]4 }).ReturnValue }
    catch {
        # The job has gone since it was listed.
        if ([int](Get-Value (Get-Cause $_) 'NativeErrorCode') -ne 6) { throw }
        return
    }
    if ($code -eq 0 -or $code -eq 4096) { return }
    $now = (Get-JobsById $Job.InstanceID)[$Job.InstanceID]
    if ($now -and $EndedJobStates -notcontains $now.JobState) { throw (New-ReturnCodeFailure $code 'RequestStateChange(Terminate) of the job') }
}
