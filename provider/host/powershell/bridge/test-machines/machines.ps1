# TEST MACHINES: a probe's own machine is made and removed. By its GUID, its name and its notes it is known; no other is ever touched.

$RealizedSystem = 'Microsoft:Hyper-V:System:Realized'
$LongestStep = [TimeSpan]::FromSeconds(60)

function New-TestMachines($Arguments) {
    $service = Get-VirtualSystemService
    ConvertTo-Answers $Arguments.requests {
        param($request)
        $name = Get-Text $request.name
        $mark = Get-Text $request.mark
        $place = Open-Place $request
        $disk = Find-FileInPlace $place (Get-Text $request.diskFile)
        if ($disk.attributes -ne $Absent) { throw (New-Failure 'invalidParameter' 'There is such a file already.' $disk.path) }
        if (@(Get-HyperVInstances 'Msvm_ComputerSystem' (ConvertTo-WqlCondition 'ElementName' $name)).Count -gt 0) {
            throw (New-Failure 'invalidParameter' "There is a machine named $name already.")
        }
        Assert-HyperVVisible
        $calls = [Collections.Generic.List[object]]::new()
        Assert-Unchanged $request.onlyIf
        $settings = ConvertTo-EmbeddedInstance 'Msvm_VirtualSystemSettingData' @{
            ElementName = $name; Notes = [string[]]@($mark); VirtualSystemSubType = 'Microsoft:Hyper-V:SubType:2'
            ConfigurationDataRoot = $place; SnapshotDataRoot = $place; SwapFileDataRoot = $place
        }
        Invoke-TestStep $calls $service 'DefineSystem' @{ SystemSettings = [string]$settings }
        $machine = @(Get-TestConfigurations (ConvertTo-WqlCondition 'ElementName' $name) | Where-Object { @($_.Notes)[0] -ceq $mark })
        if ($machine.Count -ne 1) { throw (New-Failure 'failed' 'The machine was made, and is not listed with its name and notes.') }
        $configuration = $machine[0]
        $id = $configuration.VirtualSystemIdentifier
        Assert-Unchanged $request.onlyIf
        # Fixed, and VHDX: points by resilient change tracking are of no other format.
        $settings = ConvertTo-EmbeddedInstance 'Msvm_VirtualHardDiskSettingData' @{
            Path = $disk.path; Type = [uint16]2; Format = [uint16]3; MaxInternalSize = [uint64]$request.diskBytes
        }
        Invoke-TestStep $calls (Get-HyperVService 'Msvm_ImageManagementService') 'CreateVirtualHardDisk' @{ VirtualDiskSettingData = [string]$settings }
        Write-DiskContent $disk.path (Get-Text $request.content)
        $controller = Add-TestResource $calls $configuration 'Synthetic SCSI Controller' @{ ResourceType = [uint16]6 }
        $drive = Add-TestResource $calls $configuration 'Synthetic Disk Drive' @{ ResourceType = [uint16]17; Parent = $controller; AddressOnParent = '0' }
        [void](Add-TestResource $calls $configuration 'Virtual Hard Disk' @{ ResourceType = [uint16]31; Parent = $drive; HostResource = [string[]]@($disk.path) })
        ConvertTo-AsciiJson @{ virtualMachineId = $id.ToUpperInvariant(); calls = $calls.ToArray() }
    }
}

function Remove-TestMachines($Arguments) {
    $service = Get-VirtualSystemService
    ConvertTo-Answers $Arguments.machines {
        param($asked)
        $id = Get-Text $asked.virtualMachineId
        $calls = [Collections.Generic.List[object]]::new()
        $machine = (Get-MachinesById @($id))[$id]
        $script:clusterGroups = $null
        if (-not $machine) { Assert-NotElsewhere $id }
        $kind = $(
            if (-not $machine) { 'absent' }
            else {
                $configuration = @(Get-TestConfigurations (ConvertTo-WqlCondition 'VirtualSystemIdentifier' $id))
                $isSame = $configuration.Count -eq 1 -and $machine.ElementName -ceq (Get-Text $asked.name) -and @($configuration[0].Notes)[0] -ceq (Get-Text $asked.mark)
                if ($isSame) { 'removed' } else { 'foreign' }
            }
        )
        if ($kind -ceq 'removed') {
            Assert-Unchanged $asked.onlyIf
            Invoke-TestStep $calls $service 'DestroySystem' @{ AffectedSystem = $machine }
        }
        ConvertTo-AsciiJson @{ kind = $kind; calls = $calls.ToArray() }
    }
}

# Configurations of machines as they are now: those of checkpoints and of planned machines are of this class, too.
function Get-TestConfigurations([string]$Condition) {
    Get-HyperVInstances 'Msvm_VirtualSystemSettingData' "VirtualSystemType='$RealizedSystem' AND $Condition"
}

# Adds a resource to a machine; its path. What the method names is not relied on: it does so only where it has done all its work.
function Add-TestResource($Calls, $Configuration, [string]$Kind, [hashtable]$Settings) {
    $className = $(if ($Settings.HostResource) { 'Msvm_StorageAllocationSettingData' } else { 'Msvm_ResourceAllocationSettingData' })
    $Settings.ResourceSubType = "Microsoft:Hyper-V:$Kind"
    $parameters = @{ AffectedConfiguration = $Configuration; ResourceSettings = [string[]]@(ConvertTo-EmbeddedInstance $className $Settings) }
    Invoke-TestStep $Calls (Get-VirtualSystemService) 'AddResourceSettings' $parameters
    $mine = "InstanceID LIKE 'Microsoft:$($Configuration.VirtualSystemIdentifier)%' AND ResourceSubType='Microsoft:Hyper-V:$Kind'"
    $added = @(Get-HyperVInstances $className $mine)[0]
    if (-not $added) { throw (New-Failure 'failed' "AddResourceSettings has added no $Kind.") }
    Get-InstancePath $added ([ordered]@{ InstanceID = $added.InstanceID })
}

# One call, with its job to the end. A job that is not listed any more has ended.
function Invoke-TestStep($Calls, $Service, [string]$Method, [hashtable]$Parameters) {
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $result = Invoke-HyperVMethod $Service $Method $Parameters
    $path = Get-StartedJob $result $Method
    $call = @{ method = $Method; returnCode = [int]$result.ReturnValue }
    if ($path) {
        $call.jobClass = $result.Job.CimSystemProperties.ClassName
        $id = Get-JobId $path
        while ($true) {
            $job = (Get-JobsById @($id))[$id]
            if (-not $job) { break }
            if ($EndedJobStates -contains $job.JobState) {
                if ($job.JobState -ne 7 -and $job.JobState -ne 32768 -or $job.ErrorCode -ne 0) {
                    throw (New-Failure 'failed' ("The job of $Method has ended in state $($job.JobState) with error $($job.ErrorCode). " + [string]::Join(' ', @(Get-JobErrorTexts $job $true))))
                }
                break
            }
            if ($watch.Elapsed -gt $LongestStep) { throw (New-Failure 'timeout' "The job of $Method goes on after $($LongestStep.TotalSeconds) seconds.") }
            [Threading.Thread]::Sleep(100)
        }
    }
    $call.milliseconds = [long]$watch.ElapsedMilliseconds
    $Calls.Add($call)
}
