# ENVIRONMENT: what the other side must know of this shell and this machine before it asks for anything.

# Tests run this script on machines that are not Windows; there, and nowhere else, paths follow POSIX.
$PosixPaths = $env:HYPERV_BRIDGE_PATHS -ceq 'posix'

# JSON, written without ConvertTo-Json: loading its module would take longer than all the rest of the first answer.
function Get-EnvironmentJson {
    $windows = [Environment]::OSVersion.Platform -eq [PlatformID]::Win32NT
    $account = $(if ($windows) { Get-AccountJson } else { '"account":' + (ConvertTo-JsonText ([Environment]::UserName)) + ',"administrator":false,"filteredToken":false,"networkLogon":false' })
    '{"protocolVersion":' + $ProtocolVersion + ',"processId":' + $PID +
    ',"digest":"' + (Get-TextDigest $Bridge.Text) +
    '","powershellVersion":' + (ConvertTo-JsonText $PSVersionTable.PSVersion) +
    ',"powershellEdition":"' + $PSVersionTable.PSEdition +
    '","languageMode":"' + $ExecutionContext.SessionState.LanguageMode +
    '","computerName":' + (ConvertTo-JsonText ([Environment]::MachineName)) +
    ',"machineId":' + (ConvertTo-JsonText (Get-MachineId $windows)) +
    ',"recordsDirectory":' + (ConvertTo-JsonText (Get-RecordsDirectory)) +
    ',"culture":"' + [Globalization.CultureInfo]::CurrentCulture.Name +
    '","paths":"' + $(if ($PosixPaths) { 'posix' } elseif ($windows) { 'windows' } else { 'unknown' }) +
    '","extendedPaths":' + (ConvertTo-JsonBoolean (Test-ExtendedPaths)) + ',' + $account + '}'
}

function ConvertTo-JsonBoolean($Value) { if ($Value) { 'true' } else { 'false' } }

# Names the account, and what its token may do.
function Get-AccountJson {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = [Security.Principal.WindowsPrincipal]::new($identity)
    $groups = @(foreach ($group in $identity.Groups) { $group.Value })
    # UAC leaves an administrator's group in the token for denials only.
    $denied = @(foreach ($claim in $identity.Claims) { if ($claim.Type -clike '*/denyonlysid') { $claim.Value } })
    '"account":' + (ConvertTo-JsonText $identity.Name) +
    ',"administrator":' + (ConvertTo-JsonBoolean $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) +
    ',"filteredToken":' + (ConvertTo-JsonBoolean ($denied -ccontains 'S-1-5-32-544')) +
    # Logged on over the network: by SSH with a key such a session has no right of its own on other machines' shares.
    ',"networkLogon":' + (ConvertTo-JsonBoolean ($groups -ccontains 'S-1-5-2'))
}

# Tells machines apart, whatever name they are reached by.
function Get-MachineId([bool]$Windows) {
    try {
        if ($Windows) { return [string](Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Cryptography' -Name MachineGuid).MachineGuid }
        return [IO.File]::ReadAllText('/etc/machine-id').Trim()
    }
    catch { return [Environment]::MachineName }
}

# Where records lie that belong to no export directory: the same for every account of the machine.
function Get-RecordsDirectory {
    $folder = 'pulumi-hyperv-reference-point'
    if (-not $PosixPaths) { return [Environment]::GetFolderPath('CommonApplicationData') + '\' + $folder }
    if ($env:HYPERV_BRIDGE_RECORDS) { return $env:HYPERV_BRIDGE_RECORDS }
    [IO.Path]::GetTempPath().TrimEnd('/') + '/' + $folder
}

# Whether \\?\ may stand before a path: programs that were built for an old .NET Framework refuse it.
function Test-ExtendedPaths {
    try {
        [void][IO.Path]::GetFullPath('\\?\C:\')
        $true
    }
    catch { $false }
}

function Get-TextDigest([string]$Text) {
    $hash = New-Sha256
    try { ConvertTo-Hexadecimal $hash.ComputeHash([Text.Encoding]::UTF8.GetBytes($Text)) } finally { $hash.Dispose() }
}

# Windows' own implementation where there is one: the managed one is slow, and forbidden by the FIPS policy.
function New-Sha256 {
    if ($PSVersionTable.PSEdition -ceq 'Core') { [Security.Cryptography.SHA256]::Create() } else { [Security.Cryptography.SHA256Cng]::new() }
}

function ConvertTo-Hexadecimal([byte[]]$Bytes) {
    [BitConverter]::ToString($Bytes).Replace('-', '').ToLowerInvariant()
}
