# POINT REFUSALS: what is seen on a machine of which Hyper-V has made no point. Its codes are few and its texts in the host's language.

# Msvm_ComputerSystem.ReplicationMode: replica, test replica, extended replica.
$ReplicaModes = 2, 3, 4

# Msvm_ComputerSystem.OperationalStatus: a checkpoint is made, applied or deleted, disks are merged.
$CheckpointStatus = 32768, 32769, 32770, 32772

# CIM_EnabledLogicalElement.EnabledState "Enabled", CIM_ManagedSystemElement.OperationalStatus "OK".
$Enabled = 2
$Ok = 2

# What no checkpoint can hold, and one may be asked to leave out.
$UnsupportedDisks = 'passThroughDisk', 'sharedDisk'

# One of the words that the other side knows, or nothing.
function Get-PointRefusal($Machine, [bool]$IgnoreUnsupportedDisks) {
    Get-PointRefusals $Machine | Where-Object { -not $IgnoreUnsupportedDisks -or $UnsupportedDisks -notcontains $_ } | Select-Object -First 1
}

# All of them. Only a help: what cannot be seen must not hide the refusal itself.
function Get-PointRefusals($Machine) {
    try {
        $id = $Machine.Name
        $disks = (Get-DisksOfMachines @($Machine))[$id]
        if ($disks.Count -eq 0) { 'noDisks' }
        if (@(Get-PhysicalDrives @($id)).Count -gt 0) { 'passThroughDisk' }
        if (@($disks | Where-Object { $_.path.EndsWith('.vhds', 'OrdinalIgnoreCase') }).Count -gt 0) { 'sharedDisk' }
        $now = (Get-MachinesById @($id))[$id]
        if ($ReplicaModes -contains (Get-Value $now 'ReplicationMode')) { 'replica' }
        if (@(Get-Value $now 'OperationalStatus' | Where-Object { $CheckpointStatus -contains $_ }).Count -gt 0) { 'checkpointRunning' }
        foreach ($service in Get-HyperVInstances 'Msvm_VssComponent' (ConvertTo-WqlCondition 'SystemName' $id)) {
            $isOff = $service.EnabledState -ne $Enabled -or @(Get-Value $service 'OperationalStatus')[0] -ne $Ok
            if ($isOff) { 'guestBackupOff' }
        }
    }
    catch { }
}
