# VIRTUAL MACHINES: found by name or GUID, with their disks; and whether another node of a cluster runs them.

$clusterGroups = $null

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

# Every machine, by GUID and name. The host itself is a row of this class, too; only a machine's Name is a GUID.
function Get-VirtualMachineNames {
    $found = @(foreach ($machine in Get-HyperVInstances 'Msvm_ComputerSystem') {
            if (ConvertTo-Guid $machine.Name) { @{ id = $machine.Name.ToUpperInvariant(); name = $machine.ElementName } }
        })
    if ($found.Count -eq 0) { Assert-HyperVVisible }
    ConvertTo-AsciiJson $found
}

# The virtual disks of each machine, by the machine's GUID.
function Get-DisksOfMachines($Machines) { Get-DisksById @(foreach ($machine in $Machines) { $machine.Name }) }

# The virtual disks of each machine or checkpoint, by its GUID: the ids of its disks begin with it.
function Get-DisksById([string[]]$Ids) {
    $disks = New-Index
    foreach ($id in $Ids) { $disks[$id] = [Collections.Generic.List[object]]::new() }
    if ($disks.Count -eq 0) { return $disks }
    $conditions = foreach ($id in $disks.Keys) { "InstanceID LIKE 'Microsoft:$id%'" }
    foreach ($disk in Get-HyperVInstancesByConditions 'Msvm_StorageAllocationSettingData' @($conditions)) {
        $file = @(Get-Value $disk 'HostResource')[0]
        # Images of CDs and floppies are of this class, too.
        $isDisk = @('', 'Microsoft:Hyper-V:Virtual Hard Disk') -ccontains [string](Get-Value $disk 'ResourceSubType')
        if (-not $file -or -not $isDisk) { continue }
        $owner = $disks.Keys | Where-Object { $disk.InstanceID.StartsWith("Microsoft:$_", 'OrdinalIgnoreCase') } | Select-Object -First 1
        if (-not $owner) { continue }
        $length = Get-FileLength $file
        # A file grows as it is used, so its length is what is in use. Below that of a checkpoint or of a set lie others that it does not count.
        $isWhole = $length -gt 0 -and @('.vhd', '.vhdx') -contains [IO.Path]::GetExtension($file)
        $disks[$owner].Add(@{ instanceId = $disk.InstanceID; path = $file; bytes = $length; allocatedBytes = $(if ($isWhole) { $length }) })
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

# A machine of the cluster that another node owns is not listed here: it is elsewhere, which is not the same as gone. Without a cluster
# there is no such namespace.
function Assert-NotElsewhere([string]$Query) {
    if ($null -eq $script:clusterGroups) {
        Assert-HyperVVisible
        $script:clusterGroups = @(Get-ClusterInstances 'MSCluster_ResourceGroup')
    }
    if ($script:clusterGroups.Count -eq 0) { return }
    # A machine's group is named after it; which machine it is, its resource alone says.
    $found = $script:clusterGroups | Where-Object { [string]::Equals($_.Name, $Query, 'OrdinalIgnoreCase') } | Select-Object -First 1
    $name = $(if ($found) { $found.Name })
    $guid = ConvertTo-Guid $Query
    if (-not $found -and $guid) {
        $found = Get-ClusterInstances 'MSCluster_Resource' "Type='Virtual Machine' AND PrivateProperties.VmID='$guid'" | Select-Object -First 1
        $name = $(if ($found) { $found.OwnerGroup })
    }
    if ($found) { throw (New-Fault 'machineElsewhere' "The cluster runs $name on its node $($found.OwnerNode).") }
}

function Get-ClusterInstances([string]$ClassName, [string]$Filter) {
    $parameters = @{ Namespace = 'root/MSCluster'; ClassName = $ClassName; OperationTimeoutSec = $QueryTimeout }
    if ($Filter) { $parameters.Filter = $Filter }
    try { Get-CimInstance @parameters } catch { }
}
