# CHECKPOINTS: those of a machine, the files that it runs on, and what no recovery checkpoint can hold.

# Msvm_VirtualSystemSettingData.VirtualSystemType of a checkpoint that backup software makes, and how those of all kinds begin.
$RecoveryCheckpoint = 'Microsoft:Hyper-V:Snapshot:Recovery'
$AnyCheckpoint = 'Microsoft:Hyper-V:Snapshot:'

# Msvm_ComputerSystem.OperationalStatus "Merging Disks".
$MergingDisks = 32772

function Get-Checkpoints($Arguments) {
    $ids = @(foreach ($id in $Arguments.virtualMachineIds) { Get-Text $id })
    $machines = Get-MachinesById $ids
    $checkpoints = New-Index
    $conditions = @(foreach ($id in $machines.Keys) { ConvertTo-WqlCondition 'VirtualSystemIdentifier' $id })
    foreach ($settings in Get-HyperVInstancesByConditions 'Msvm_VirtualSystemSettingData' $conditions) {
        $owner = $settings.VirtualSystemIdentifier
        # The machine's own settings are of this class, too: without a row of it none of its checkpoints may be called gone.
        if (-not $checkpoints.ContainsKey($owner)) { $checkpoints[$owner] = [Collections.Generic.List[object]]::new() }
        if (Test-Checkpoint $settings) { $checkpoints[$owner].Add($settings) }
    }
    # A checkpoint's disks are kept under its own GUID, as a machine's are under the machine's.
    $owners = @($machines.Keys) + @(foreach ($list in $checkpoints.Values) { foreach ($one in $list) { Get-CheckpointGuid $one } })
    $disks = Get-DisksById @($owners)
    $physical = New-Index
    foreach ($drive in Get-PhysicalDrives @($machines.Keys)) {
        $owner = $drive.InstanceID.Substring(10, 36)
        if (-not $physical.ContainsKey($owner)) { $physical[$owner] = [Collections.Generic.List[object]]::new() }
        $physical[$owner].Add($drive.InstanceID)
    }
    $script:clusterGroups = $null
    ConvertTo-Answers $ids {
        param($id)
        $machine = Get-MachineOf $machines $id
        if (-not $checkpoints.ContainsKey($machine.Name)) { throw (New-Failure 'notAvailable' "Hyper-V shows no settings of the machine $id.") }
        ConvertTo-AsciiJson @{
            virtualMachineId = $machine.Name
            disks            = @($disks[$machine.Name])
            isMerging        = @(Get-Value $machine 'OperationalStatus') -contains $MergingDisks
            physicalDiskIds  = @($(if ($physical.ContainsKey($machine.Name)) { $physical[$machine.Name] }))
            checkpoints      = @(foreach ($checkpoint in $checkpoints[$machine.Name]) {
                    $created = Get-Value $checkpoint 'CreationTime'
                    @{
                        id        = $checkpoint.InstanceID
                        path      = Get-InstancePath $checkpoint ([ordered]@{ InstanceID = $checkpoint.InstanceID })
                        name      = [string]$checkpoint.ElementName
                        type      = [string]$checkpoint.VirtualSystemType
                        createdAt = $(if ($created) { ConvertTo-IsoTime $created })
                        disks     = @(foreach ($disk in $disks[(Get-CheckpointGuid $checkpoint)]) { @{ instanceId = $disk.instanceId; path = $disk.path } })
                    }
                })
        }
    }
}

function Test-Checkpoint($Settings) { ([string]$Settings.VirtualSystemType).StartsWith($AnyCheckpoint, 'OrdinalIgnoreCase') }

# The checkpoints with these ids, by id and machine: "Microsoft:GUID|GUID".
function Get-CheckpointsById($Items) {
    $checkpoints = New-Index
    $conditions = @(foreach ($item in $Items) { ConvertTo-WqlCondition 'InstanceID' (Get-Text $item.checkpointId) })
    foreach ($settings in Get-HyperVInstancesByConditions 'Msvm_VirtualSystemSettingData' $conditions) {
        if (Test-Checkpoint $settings) { $checkpoints[$settings.InstanceID + '|' + $settings.VirtualSystemIdentifier] = $settings }
    }
    $checkpoints
}

# A checkpoint of a person is never touched.
function Assert-RecoveryCheckpoint($Checkpoint) {
    if ($Checkpoint.VirtualSystemType -eq $RecoveryCheckpoint) { return }
    throw (New-Failure 'invalidParameter' "$($Checkpoint.InstanceID) is no recovery checkpoint: it is left alone.")
}

function Get-CheckpointGuid($Checkpoint) { ([string]$Checkpoint.InstanceID).Substring('Microsoft:'.Length) }

# Drives of the machines that a disk of the host is passed through to.
function Get-PhysicalDrives([string[]]$Ids) {
    $conditions = @(foreach ($id in $Ids) { "(ResourceSubType='Microsoft:Hyper-V:Physical Disk Drive' AND InstanceID LIKE 'Microsoft:$id%')" })
    Get-HyperVInstancesByConditions 'Msvm_ResourceAllocationSettingData' $conditions
}
