# POINT METHODS: CreateReferencePoint and DestroyReferencePoint are called.

# CreateReferencePoint's parameter ReferencePointType: its page says 0 log based, 1 RCT based, and a real host made a point of 1. The map of
# the property of the same name (1 log based, 2 RCT based) is shifted by one: that host showed 1 for the point. So the property is not read.
$ResilientChangeTracking = [uint16]1

# ConsistencyLevel of points and their settings. Collections of points have it the other way round.
$ConsistencyLevels = @{ application = [byte]1; crash = [byte]2 }

function New-ReferencePoints($Arguments) {
    $service = Get-ReferencePointService
    $machines = Get-MachinesById @(foreach ($request in $Arguments.requests) { Get-Text $request.virtualMachineId })
    $script:clusterGroups = $null
    ConvertTo-Answers $Arguments.requests {
        param($request)
        $id = Get-Text $request.virtualMachineId
        $machine = Get-MachineOf $machines $id
        $settings = @{ ConsistencyLevel = $ConsistencyLevels[(Get-Text $request.consistency)] }
        # Exact types, and the machine itself: what does not fit is made null without a word. The result is asked for by leaving it out.
        $parameters = @{
            AffectedSystem         = $machine
            ReferencePointSettings = [string](ConvertTo-EmbeddedInstance 'Msvm_VirtualSystemReferencePointSettingData' $settings)
            ReferencePointType     = $ResilientChangeTracking
        }
        Assert-Unchanged $request.onlyIf
        $result = Invoke-HyperVMethod $service 'CreateReferencePoint' $parameters
        try { $job = Get-StartedJob $result "CreateReferencePoint of machine $id" }
        catch {
            $cause = Get-Cause $_
            # Without a code nothing was refused: the method may have run.
            if ($null -ne $cause.Data['returnCode']) { $cause.Data['refusal'] = Get-PointRefusal $machine }
            throw
        }
        if ($job) { return ConvertTo-AsciiJson @{ kind = 'job'; path = $job } }
        $point = Get-Value $result 'ResultingReferencePoint'
        ConvertTo-AsciiJson @{ kind = 'completed'; referencePointId = $(if ($point) { $point.InstanceID }) }
    }
}

function Remove-ReferencePoints($Arguments) {
    $service = Get-ReferencePointService
    $points = New-Index
    $conditions = @(foreach ($point in $Arguments.points) { ConvertTo-WqlCondition 'InstanceID' (Get-Text $point.referencePointId) })
    foreach ($point in Get-HyperVInstancesByConditions 'Msvm_VirtualSystemReferencePoint' $conditions) {
        $points[$point.InstanceID + '|' + $point.VirtualSystemIdentifier] = $point
    }
    # A machine that moves away takes its points with it: asked for after them, so that none passes for destroyed meanwhile.
    $machines = Get-MachinesById @(foreach ($point in $Arguments.points) { Get-Text $point.virtualMachineId })
    $script:clusterGroups = $null
    ConvertTo-Answers $Arguments.points {
        param($asked)
        $id = Get-Text $asked.referencePointId
        $machine = Get-Text $asked.virtualMachineId
        $point = $points["$id|$machine"]
        if (-not $point) {
            [void](Get-MachineOf $machines $machine)
            Assert-HyperVVisible
            return '{"kind":"absent"}'
        }
        Assert-Unchanged $asked.onlyIf
        try { $result = Invoke-HyperVMethod $service 'DestroyReferencePoint' @{ AffectedReferencePoint = $point } }
        catch {
            # "Not found" is said of a point that has gone since it was listed, and of anything by a service that has just begun.
            if ([int](Get-Value (Get-Cause $_) 'NativeErrorCode') -ne 6) { throw }
            if (@(Get-HyperVInstances 'Msvm_VirtualSystemReferencePoint' (ConvertTo-WqlCondition 'InstanceID' $id)).Count -gt 0) { throw }
            [void](Get-MachineOf (Get-MachinesById @($machine)) $machine)
            Assert-HyperVVisible
            return '{"kind":"absent"}'
        }
        $job = Get-StartedJob $result "DestroyReferencePoint of $id"
        if ($job) { ConvertTo-AsciiJson @{ kind = 'job'; path = $job } } else { '{"kind":"completed"}' }
    }
}

function Get-MachinesById([string[]]$Ids) {
    $machines = New-Index
    $conditions = @(foreach ($id in $Ids) { ConvertTo-WqlCondition 'Name' $id })
    foreach ($machine in Get-HyperVInstancesByConditions 'Msvm_ComputerSystem' $conditions) { $machines[$machine.Name] = $machine }
    $machines
}

function Get-MachineOf($Machines, [string]$Id) {
    if ($Machines.ContainsKey($Id)) { return $Machines[$Id] }
    Assert-NotElsewhere $Id
    throw (New-Failure 'notFound' "There is no virtual machine $Id on this host.")
}
