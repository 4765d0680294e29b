# REFERENCE POINTS: those of a machine.

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
