# HYPER-V: virtual machines, reference points and export jobs, through the CIM cmdlets and root/virtualization/v2 of this machine.
# Nothing here decides by a text of the system: hosts speak many languages. Nothing derives an order of points: they carry no time.

$HyperVNamespace = 'root/virtualization/v2'
$QueryTimeout = 60
$MethodTimeout = 120
$IdsPerQuery = 50

# CIM_ConcreteJob.JobState: completed, terminated, killed, exception, and Hyper-V's own "completed with warnings".
$EndedJobStates = 7, 8, 9, 10, 32768

# --- Queries -------------------------------------------------------------------------------------------------------------------------

function Get-HyperVInstances([string]$ClassName, [string]$Filter) {
    $parameters = @{ Namespace = $HyperVNamespace; ClassName = $ClassName; OperationTimeoutSec = $QueryTimeout }
    if ($Filter) { $parameters.Filter = $Filter }
    Get-CimInstance @parameters
}

# Instances that meet any of the conditions, asked for in queries of a bounded length.
function Get-HyperVInstancesByConditions([string]$ClassName, [string[]]$Conditions) {
    for ($from = 0; $from -lt $Conditions.Count; $from += $IdsPerQuery) {
        $to = [Math]::Min($from + $IdsPerQuery, $Conditions.Count) - 1
        Get-HyperVInstances $ClassName ([string]::Join(' OR ', [string[]]$Conditions[$from..$to]))
    }
}

function ConvertTo-WqlCondition([string]$Property, [string]$Value) {
    "$Property='" + $Value.Replace('\', '\\').Replace("'", "\'") + "'"
}

# The value of a property; nothing where this build of Windows has no such property.
function Get-Value($Instance, [string]$Name) {
    $property = $Instance.PSObject.Properties[$Name]
    if ($property) { $property.Value }
}

function ConvertTo-Guid([string]$Text) {
    $guid = [Guid]::Empty
    if ([Guid]::TryParse($Text, [ref]$guid)) { $guid.ToString('D').ToUpperInvariant() }
}

function New-Index { , [Collections.Generic.Dictionary[string, object]]::new([StringComparer]::OrdinalIgnoreCase) }

# --- May we believe an empty answer? -------------------------------------------------------------------------------------------------

# An account without rights, a stopped management service and a machine that is not there all look alike: no rows. Called before any of
# them is believed. Who sees the reference point service sees the rest.
function Assert-HyperVVisible {
    if (@(Get-HyperVInstances 'Msvm_VirtualSystemReferencePointService').Count -gt 0) { return }
    $service = Get-CimInstance -Namespace 'root/cimv2' -ClassName Win32_Service -Filter "Name='vmms'" -OperationTimeoutSec $QueryTimeout
    if (-not $service) { throw (New-Fault 'hyperVMissing' 'This machine has no Hyper-V management service (vmms).') }
    if ($service.State -cne 'Running') { throw (New-Fault 'managementServiceStopped' 'The Hyper-V management service (vmms) does not run.') }
    throw (New-Fault 'noHyperVRights' 'Hyper-V shows this account nothing, not even its own services.')
}

function New-Fault([string]$Fault, [string]$Message) {
    $failure = New-Failure 'unusable' $Message
    $failure.Data['fault'] = $Fault
    $failure
}

# The service whose methods are called, kept for the session.
$ReferencePointService = $null

function Get-ReferencePointService {
    if (-not $script:ReferencePointService) {
        $script:ReferencePointService = @(Get-HyperVInstances 'Msvm_VirtualSystemReferencePointService')[0]
        if (-not $script:ReferencePointService) { Assert-HyperVVisible }
    }
    $script:ReferencePointService
}

$clusterGroups = $null

# --- Virtual machines ----------------------------------------------------------------------------------------------------------------

function Find-VirtualMachines($Arguments) {
    $queries = @(foreach ($query in $Arguments.queries) { Get-Text $query })
    $conditions = foreach ($query in $queries) {
        ConvertTo-WqlCondition 'ElementName' $query
        $guid = ConvertTo-Guid $query
        if ($guid) { ConvertTo-WqlCondition 'Name' $guid }
    }
    # The host itself is a row of this class, too; only a machine's Name is a GUID.
    $machines = @(Get-HyperVInstancesByConditions 'Msvm_ComputerSystem' @($conditions) | Where-Object { ConvertTo-Guid $_.Name })
    $disks = Get-DisksOfMachines $machines
    $script:clusterGroups = $null
    ConvertTo-Answers $queries {
        param($query)
        $guid = ConvertTo-Guid $query
        $found = @(foreach ($machine in $machines) {
                if ([string]::Equals($machine.ElementName, $query, 'OrdinalIgnoreCase') -or ($guid -and $machine.Name -eq $guid)) { $machine }
            })
        # A name that two queries of the batch ask for can come twice.
        $found = @($found | Group-Object -Property Name | ForEach-Object { $_.Group[0] })
        if ($found.Count -eq 0) { Assert-NotElsewhere $query }
        ConvertTo-AsciiJson @(foreach ($machine in $found) {
                @{ id = $machine.Name.ToUpperInvariant(); name = $machine.ElementName; disks = @($disks[$machine.Name]) }
            })
    }
}

# The virtual disks of each machine, by the machine's GUID.
function Get-DisksOfMachines($Machines) {
    $disks = New-Index
    foreach ($machine in $Machines) { $disks[$machine.Name] = [Collections.Generic.List[object]]::new() }
    if ($disks.Count -eq 0) { return $disks }
    $conditions = foreach ($id in $disks.Keys) { "InstanceID LIKE 'Microsoft:$id%'" }
    foreach ($disk in Get-HyperVInstancesByConditions 'Msvm_StorageAllocationSettingData' @($conditions)) {
        $file = @(Get-Value $disk 'HostResource')[0]
        # Images of CDs and floppies are of this class, too.
        $isDisk = @('', 'Microsoft:Hyper-V:Virtual Hard Disk') -ccontains [string](Get-Value $disk 'ResourceSubType')
        if (-not $file -or -not $isDisk) { continue }
        $owner = $disks.Keys | Where-Object { $disk.InstanceID.StartsWith("Microsoft:$_", 'OrdinalIgnoreCase') } | Select-Object -First 1
        if ($owner) { $disks[$owner].Add(@{ instanceId = $disk.InstanceID; path = $file; bytes = Get-FileLength $file }) }
    }
    $disks
}

function Get-FileLength([string]$Path) {
    try {
        $file = [IO.FileInfo]::new((Get-SystemPath $Path))
        if ([int]$file.Attributes -ne -1) { return $file.Length }
    }
    catch { }
    0
}

# A machine of the cluster that another node owns is not listed here: it is elsewhere, which is not the same as gone.
function Assert-NotElsewhere([string]$Query) {
    if ($null -eq $script:clusterGroups) {
        Assert-HyperVVisible
        # Without a cluster there is no such namespace.
        $script:clusterGroups = try {
            @(Get-CimInstance -Namespace 'root/MSCluster' -ClassName MSCluster_ResourceGroup -OperationTimeoutSec $QueryTimeout)
        }
        catch { @() }
    }
    $guid = ConvertTo-Guid $Query
    foreach ($group in $script:clusterGroups) {
        # A virtual machine's group is named after it; its id is the machine's where the cluster made it so.
        $isMeant = [string]::Equals($group.Name, $Query, 'OrdinalIgnoreCase') -or ($guid -and (ConvertTo-Guid $group.Id) -eq $guid)
        if ($isMeant) { throw (New-Fault 'machineElsewhere' "The cluster runs $($group.Name) on its node $($group.OwnerNode).") }
    }
}

# --- Reference points ----------------------------------------------------------------------------------------------------------------

function Get-ReferencePoints($Arguments) {
    $ids = @(foreach ($id in $Arguments.virtualMachineIds) { Get-Text $id })
    $machines = New-Index
    $conditions = @(foreach ($id in $ids) { ConvertTo-WqlCondition 'Name' $id })
    foreach ($machine in Get-HyperVInstancesByConditions 'Msvm_ComputerSystem' $conditions) {
        $machines[$machine.Name] = [Collections.Generic.List[object]]::new()
    }
    $conditions = @(foreach ($id in $machines.Keys) { ConvertTo-WqlCondition 'VirtualSystemIdentifier' $id })
    foreach ($point in Get-HyperVInstancesByConditions 'Msvm_VirtualSystemReferencePoint' $conditions) {
        $machines[$point.VirtualSystemIdentifier].Add(@{
                id = $point.InstanceID; virtualMachineId = $point.VirtualSystemIdentifier; consistencyLevel = $point.ConsistencyLevel
                hasAssociatedData = [bool](Get-Value $point 'HasAssociatedData')
                diskIds = @(Get-Value $point 'VirtualDiskIdentifiers' | Where-Object { $_ })
                changeTrackingIds = @(Get-Value $point 'ResilientChangeTrackingIdentifiers' | Where-Object { $_ })
            })
    }
    $script:clusterGroups = $null
    ConvertTo-Answers $ids {
        param($id)
        if (-not $machines.ContainsKey($id)) {
            Assert-NotElsewhere $id
            throw (New-Failure 'notFound' "There is no virtual machine $id on this host.")
        }
        ConvertTo-AsciiJson @($machines[$id])
    }
}

# --- The export ----------------------------------------------------------------------------------------------------------------------

function Export-ReferencePoints($Arguments) {
    $service = Get-ReferencePointService
    $points = New-Index
    $conditions = @(foreach ($request in $Arguments.requests) { ConvertTo-WqlCondition 'InstanceID' (Get-Text $request.referencePointId) })
    foreach ($point in Get-HyperVInstancesByConditions 'Msvm_VirtualSystemReferencePoint' $conditions) {
        $points[$point.InstanceID + '|' + $point.VirtualSystemIdentifier] = $point
    }
    ConvertTo-Answers $Arguments.requests {
        param($request)
        $machine = Get-Text $request.virtualMachineId
        $id = Get-Text $request.referencePointId
        $point = $points["$id|$machine"]
        if (-not $point) {
            Assert-HyperVVisible
            throw (New-Failure 'invalidParameter' "The machine has no reference point $id.")
        }
        $settings = @{}
        if ($request.baseReferencePointId) {
            $base = [ordered]@{ InstanceID = Get-Text $request.baseReferencePointId; VirtualSystemIdentifier = $point.VirtualSystemIdentifier }
            $settings.BaseReferencePoint = Get-InstancePath $point $base
        }
        $disks = [string[]]@(foreach ($disk in $request.disksToExport) { Get-Text $disk })
        if ($disks.Count -gt 0) { $settings.DisksToExport = $disks }
        # Exact types, and the point itself: what does not fit is made null without a word.
        $parameters = @{
            ReferencePoint    = $point
            ExportDirectory   = [string](Get-Text $request.exportDirectory)
            ExportSettingData = [string](ConvertTo-EmbeddedInstance 'Msvm_VirtualSystemReferencePointExportSettingData' $settings)
        }
        $result = Invoke-HyperVMethod $service 'ExportReferencePoint' $parameters
        if ($result.ReturnValue -eq 0) { return '{"kind":"completed"}' }
        if ($result.ReturnValue -ne 4096) { throw (New-ReturnCodeFailure $result.ReturnValue "ExportReferencePoint of $id") }
        $job = Get-Value $result 'Job'
        if (-not $job) {
            # A job was started and its name was lost on the way: whoever asks again must look for it by its directory first.
            $failure = New-Failure 'connectionLost' 'Hyper-V started a job and did not name it.'
            throw $failure
        }
        ConvertTo-AsciiJson @{ kind = 'job'; path = Get-InstancePath $job ([ordered]@{ InstanceID = $job.InstanceID }) }
    }
}

# Calls a method on an instance: called on a class name, the cmdlet would guess the types of the arguments.
function Invoke-HyperVMethod($Instance, [string]$Name, [hashtable]$Parameters) {
    Assert-Wanted
    try { Invoke-CimMethod -InputObject $Instance -MethodName $Name -Arguments $Parameters -OperationTimeoutSec $MethodTimeout }
    catch {
        # Past this point nobody can tell from an error alone whether the method ran.
        $cause = Get-Cause $_
        $cause.Data['called'] = $true
        throw
    }
}

function New-ReturnCodeFailure([uint32]$Code, [string]$What) {
    $failure = New-Failure 'failed' "$What returned $Code."
    $failure.Data['returnCode'] = $Code
    $failure
}

# An instance as text inside a method's argument: the XML of WMI's DTD 2.0. Values are texts or lists of texts.
function ConvertTo-EmbeddedInstance([string]$ClassName, [hashtable]$Properties) {
    $text = [Text.StringBuilder]::new()
    [void]$text.Append("<INSTANCE CLASSNAME=`"$ClassName`">")
    foreach ($name in $Properties.Keys) {
        $value = $Properties[$name]
        if ($value -is [array]) {
            [void]$text.Append("<PROPERTY.ARRAY NAME=`"$name`" TYPE=`"string`"><VALUE.ARRAY>")
            foreach ($one in $value) { [void]$text.Append('<VALUE>').Append((ConvertTo-XmlText $one)).Append('</VALUE>') }
            [void]$text.Append('</VALUE.ARRAY></PROPERTY.ARRAY>')
        }
        else { [void]$text.Append("<PROPERTY NAME=`"$name`" TYPE=`"string`"><VALUE>").Append((ConvertTo-XmlText $value)).Append('</VALUE></PROPERTY>') }
    }
    $text.Append('</INSTANCE>').ToString()
}

function ConvertTo-XmlText([string]$Text) {
    if ($Text -cmatch '[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]') {
        throw (New-Failure 'invalidParameter' 'A value holds a character that XML cannot carry.')
    }
    # A parser makes plain line ends of these two, and spaces of all three in places.
    $Text.Replace('&', '&amp;').Replace('<', '&lt;').Replace('>', '&gt;').Replace("`r", '&#13;').Replace("`n", '&#10;').Replace("`t", '&#9;')
}

# The WMI path of an instance of this host: \\SERVER\root\virtualization\v2:Class.Key="value",...
function Get-InstancePath($Instance, $Keys) {
    $system = $Instance.CimSystemProperties
    $server = $system.ServerName
    # A reference that a method returns names no server; the path of an instance must be the same however it was come by.
    if (-not $server) { $server = (Get-ReferencePointService).CimSystemProperties.ServerName }
    if (-not $server) { $server = [Environment]::MachineName }
    $pairs = foreach ($key in $Keys.Keys) { $key + '="' + ([string]$Keys[$key]).Replace('\', '\\').Replace('"', '\"') + '"' }
    '\\' + $server + '\' + $HyperVNamespace.Replace('/', '\') + ':' + $system.ClassName + '.' + [string]::Join(',', @($pairs))
}

# --- Jobs ----------------------------------------------------------------------------------------------------------------------------

# Msvm_ConcreteJob.JobType "Export Reference Point".
$ExportJobType = 203

# All export jobs that the host lists, of either class. Which of them write to a directory is for the other side to say: it knows the
# rules of paths, and what it has started itself. A job of the class Msvm_ConcreteJob does not name its directory.
function Find-ExportJobs {
    $jobs = @(
        Get-HyperVInstances 'Msvm_VirtualSystemReferencePointExportJob'
        Get-HyperVInstances 'Msvm_ConcreteJob' "JobType=$ExportJobType"
    )
    if ($jobs.Count -eq 0) { Assert-HyperVVisible }
    '[' + [string]::Join(',', @(foreach ($job in $jobs) { ConvertTo-JobJson $job })) + ']'
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

function ConvertTo-JobJson($Job) {
    $failed = $EndedJobStates -contains $Job.JobState -and ($Job.JobState -eq 10 -or $Job.ErrorCode -ne 0)
    $started = Get-Value $Job 'StartTime'
    if (-not $started) { $started = Get-Value $Job 'TimeSubmitted' }
    $files = @(
        foreach ($name in 'ExportedConfigFilePath', 'ExportedRuntimeFilePath', 'ExportedGuestStateFilePath', 'ExportedLogFilePaths') {
            foreach ($path in @(Get-Value $Job $name)) { if ($path) { @{ path = $path; property = $name } } }
        }
    )
    ConvertTo-AsciiJson @{
        path                 = Get-InstancePath $Job ([ordered]@{ InstanceID = $Job.InstanceID })
        jobState             = $Job.JobState
        percentComplete      = [int](Get-Value $Job 'PercentComplete')
        errorCode            = [int](Get-Value $Job 'ErrorCode')
        errorTexts           = @(Get-JobErrorTexts $Job $failed)
        exportDirectory      = Get-Value $Job 'ExportDirectory'
        virtualMachineId     = Get-Value $Job 'VirtualMachineId'
        referencePointId     = Get-Value $Job 'ReferencePointId'
        baseReferencePointId = Get-Value $Job 'BaseReferencePointId'
        startedAt            = $(if ($started) { $started.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [Globalization.CultureInfo]::InvariantCulture) })
        exportedFiles        = $files
        exportedDisks        = @(Get-Value $Job 'ExportedDisks' | Where-Object { $_ })
    }
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
