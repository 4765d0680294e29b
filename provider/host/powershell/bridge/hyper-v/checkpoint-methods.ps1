# CHECKPOINT METHODS: CreateSnapshot, ExportSystemDefinition, ConvertToReferencePoint and DestroySnapshot are called.

# CreateSnapshot's parameter SnapshotType: a recovery checkpoint. Its page names only a range of the vendor's; backup software uses this.
$RecoveryType = [uint16]32768

# Msvm_VirtualSystemExportSettingData.CopySnapshotConfiguration "ExportOneSnapshotForBackup"; without it a base is ignored.
$OneSnapshotForBackup = [byte]3

# BackupIntent.
$BackupIntents = @{ preserveChain = [byte]0; merge = [byte]1 }

function New-Checkpoints($Arguments) {
    $service = Get-SnapshotService
    $machines = Get-MachinesById @(foreach ($request in $Arguments.requests) { Get-Text $request.virtualMachineId })
    $script:clusterGroups = $null
    ConvertTo-Answers $Arguments.requests {
        param($request)
        $id = Get-Text $request.virtualMachineId
        $machine = Get-MachineOf $machines $id
        $settings = @{
            ConsistencyLevel            = $ConsistencyLevels[(Get-Text $request.consistency)]
            IgnoreNonSnapshottableDisks = [bool]$request.ignoreUnsupportedDisks
        }
        # Exact types, and the machine itself: what does not fit is made null without a word. The result is asked for by leaving it out.
        $parameters = @{
            AffectedSystem   = $machine
            SnapshotSettings = [string](ConvertTo-EmbeddedInstance 'Msvm_VirtualSystemSnapshotSettingData' $settings)
            SnapshotType     = $RecoveryType
        }
        Assert-Unchanged $request.onlyIf
        $result = Invoke-HyperVMethod $service 'CreateSnapshot' $parameters
        try { $job = Get-StartedJob $result "CreateSnapshot of machine $id" }
        catch {
            $cause = Get-Cause $_
            # Without a code nothing was refused: the method may have run.
            if ($null -ne $cause.Data['returnCode']) { $cause.Data['refusal'] = Get-PointRefusal $machine $settings.IgnoreNonSnapshottableDisks }
            throw
        }
        if ($job) { return ConvertTo-AsciiJson @{ kind = 'job'; path = $job } }
        $checkpoint = Get-Value $result 'ResultingSnapshot'
        ConvertTo-AsciiJson @{ kind = 'completed'; checkpointId = $(if ($checkpoint) { $checkpoint.InstanceID }) }
    }
}

function Export-Checkpoints($Arguments) {
    $service = Get-VirtualSystemService
    $machines = Get-MachinesById @(foreach ($request in $Arguments.requests) { Get-Text $request.virtualMachineId })
    $checkpoints = Get-CheckpointsById $Arguments.requests
    $points = New-Index
    $conditions = @(foreach ($request in $Arguments.requests) {
            if ($request.baseReferencePointId) { ConvertTo-WqlCondition 'InstanceID' (Get-Text $request.baseReferencePointId) }
        })
    foreach ($point in Get-HyperVInstancesByConditions 'Msvm_VirtualSystemReferencePoint' $conditions) {
        $points[$point.InstanceID + '|' + $point.VirtualSystemIdentifier] = $point
    }
    ConvertTo-Answers $Arguments.requests {
        param($request)
        $id = Get-Text $request.virtualMachineId
        $checkpointId = Get-Text $request.checkpointId
        $checkpoint = $checkpoints["$checkpointId|$id"]
        $machine = $machines[$id]
        if (-not $checkpoint -or -not $machine) {
            Assert-HyperVVisible
            throw (New-Failure 'invalidParameter' "The machine has no checkpoint $checkpointId.")
        }
        Assert-RecoveryCheckpoint $checkpoint
        $settings = @{
            CopySnapshotConfiguration  = $OneSnapshotForBackup
            SnapshotVirtualSystem      = Get-InstancePath $checkpoint ([ordered]@{ InstanceID = $checkpoint.InstanceID })
            BackupIntent               = $BackupIntents[(Get-Text $request.intent)]
            CopyVmStorage              = $true
            CopyVmRuntimeInformation   = $false
            CreateVmExportSubdirectory = $false
        }
        if ($request.baseReferencePointId) {
            $baseId = Get-Text $request.baseReferencePointId
            $base = $points["$baseId|$id"]
            if (-not $base) {
                Assert-HyperVVisible
                throw (New-Failure 'invalidParameter' "The machine has no reference point $baseId.")
            }
            $keys = [ordered]@{ InstanceID = $base.InstanceID; VirtualSystemIdentifier = $base.VirtualSystemIdentifier }
            $settings.DifferentialBackupBase = Get-InstancePath $base $keys
        }
        $parameters = @{
            ComputerSystem    = $machine
            ExportDirectory   = [string](Get-Text $request.exportDirectory)
            ExportSettingData = [string](ConvertTo-EmbeddedInstance 'Msvm_VirtualSystemExportSettingData' $settings)
        }
        Assert-Unchanged $request.onlyIf
        $result = Invoke-HyperVMethod $service 'ExportSystemDefinition' $parameters
        $job = Get-StartedJob $result "ExportSystemDefinition of $checkpointId"
        if ($job) { ConvertTo-AsciiJson @{ kind = 'job'; path = $job } } else { '{"kind":"completed"}' }
    }
}

function Convert-Checkpoints($Arguments) {
    Edit-Checkpoints $Arguments.checkpoints 'ConvertToReferencePoint' {
        param($result)
        $point = Get-Value $result 'ResultingReferencePoint'
        ConvertTo-AsciiJson @{ kind = 'completed'; referencePointId = $(if ($point) { $point.InstanceID }) }
    }
}

function Remove-Checkpoints($Arguments) {
    Edit-Checkpoints $Arguments.checkpoints 'DestroySnapshot' { '{"kind":"completed"}' }
}

# Calls a method that takes a recovery checkpoint away, once each.
function Edit-Checkpoints($Items, [string]$Method, [scriptblock]$Completed) {
    $service = Get-SnapshotService
    $checkpoints = Get-CheckpointsById $Items
    # A machine that moves away takes its checkpoints with it: asked for after them, so that none passes for gone meanwhile.
    $machines = Get-MachinesById @(foreach ($item in $Items) { Get-Text $item.virtualMachineId })
    $script:clusterGroups = $null
    ConvertTo-Answers $Items {
        param($asked)
        $id = Get-Text $asked.checkpointId
        $machine = Get-Text $asked.virtualMachineId
        $checkpoint = $checkpoints["$id|$machine"]
        if (-not $checkpoint) {
            [void](Get-MachineOf $machines $machine)
            Assert-HyperVVisible
            return '{"kind":"absent"}'
        }
        Assert-RecoveryCheckpoint $checkpoint
        Assert-Unchanged $asked.onlyIf
        try { $result = Invoke-HyperVMethod $service $Method @{ AffectedSnapshot = $checkpoint } }
        catch {
            # "Not found" is said of a checkpoint that has gone since it was listed, and of anything by a service that has just begun.
            if ([int](Get-Value (Get-Cause $_) 'NativeErrorCode') -ne 6) { throw }
            if (@(Get-HyperVInstances 'Msvm_VirtualSystemSettingData' (ConvertTo-WqlCondition 'InstanceID' $id)).Count -gt 0) { throw }
            [void](Get-MachineOf (Get-MachinesById @($machine)) $machine)
            Assert-HyperVVisible
            return '{"kind":"absent"}'
        }
        $job = Get-StartedJob $result "$Method of $id"
        if ($job) { ConvertTo-AsciiJson @{ kind = 'job'; path = $job } } else { & $Completed $result }
    }
}
