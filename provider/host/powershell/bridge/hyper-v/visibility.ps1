# VISIBILITY: whether an empty answer may be believed.

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
