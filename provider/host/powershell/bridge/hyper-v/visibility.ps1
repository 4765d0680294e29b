# VISIBILITY: whether an empty answer may be believed.

# An account without rights, a stopped management service and a machine that is not there all look alike: no rows. Called before any of
# them is believed. Who sees the reference point service sees the rest.
function Assert-HyperVVisible {
    if (@(Get-HyperVInstances 'Msvm_VirtualSystemReferencePointService').Count -gt 0) { return }
    $service = Get-ManagementService
    if (-not $service) { throw (New-Fault 'hyperVMissing' 'This machine has no Hyper-V management service (vmms).') }
    if ($service.State -cne 'Running') { throw (New-Fault 'managementServiceStopped' 'The Hyper-V management service (vmms) does not run.') }
    throw (New-Fault 'noHyperVRights' 'Hyper-V shows this account nothing, not even its own services.')
}

function Get-ManagementService {
    Get-CimInstance -Namespace 'root/cimv2' -ClassName Win32_Service -Filter "Name='vmms'" -OperationTimeoutSec $QueryTimeout
}

# The management service's state, empty where there is none and null where nobody can tell; and why Hyper-V shows the account nothing.
function Get-HyperVState {
    $state = 'null'
    try {
        $service = Get-ManagementService
        $state = ConvertTo-JsonText $(if ($service) { [string]$service.State } else { '' })
    }
    catch { }
    $failure = 'null'
    try { Assert-HyperVVisible } catch { $failure = ConvertTo-FailureJson $_ }
    '{"managementService":' + $state + ',"failure":' + $failure + '}'
}

function New-Fault([string]$Fault, [string]$Message) {
    $failure = New-Failure 'unusable' $Message
    $failure.Data['fault'] = $Fault
    $failure
}

# The services whose methods are called, kept for the session.
$HyperVServices = @{}

function Get-ReferencePointService { Get-HyperVService 'Msvm_VirtualSystemReferencePointService' }
function Get-SnapshotService { Get-HyperVService 'Msvm_VirtualSystemSnapshotService' }
function Get-VirtualSystemService { Get-HyperVService 'Msvm_VirtualSystemManagementService' }

function Get-HyperVService([string]$ClassName) {
    if (-not $HyperVServices[$ClassName]) {
        $HyperVServices[$ClassName] = @(Get-HyperVInstances $ClassName)[0]
        if (-not $HyperVServices[$ClassName]) { Assert-HyperVVisible }
    }
    $HyperVServices[$ClassName]
}
