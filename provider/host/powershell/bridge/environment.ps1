# ENVIRONMENT: what the other side must know of this shell and this machine before it asks for anything.

# Tests run this script on machines that are not Windows; there, and nowhere else, paths follow POSIX.
$PosixPaths = $env:HYPERV_BRIDGE_PATHS -ceq 'posix'

function Get-Environment {
    $windows = [Environment]::OSVersion.Platform -eq [PlatformID]::Win32NT
    $environment = @{
        protocolVersion = $ProtocolVersion
        digest = Get-TextDigest $Bridge.Text
        powershellVersion = $PSVersionTable.PSVersion.ToString()
        powershellEdition = [string]$PSVersionTable.PSEdition
        languageMode = $ExecutionContext.SessionState.LanguageMode.ToString()
        computerName = [Environment]::MachineName
        machineId = Get-MachineId $windows
        culture = [Globalization.CultureInfo]::CurrentCulture.Name
        paths = $(if ($PosixPaths) { 'posix' } elseif ($windows) { 'windows' } else { 'unknown' })
        extendedPaths = Test-ExtendedPaths
        processId = $PID
    }
    if ($windows) { $environment + (Get-Account) }
    else { $environment + @{ account = [Environment]::UserName; administrator = $false; filteredToken = $false; networkLogon = $false } }
}

# Names the account, and what its token may do.
function Get-Account {
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = [Security.Principal.WindowsPrincipal]::new($identity)
    $groups = @($identity.Groups | ForEach-Object { $_.Value })
    # UAC leaves an administrator's group in the token for denials only.
    $denied = @($identity.Claims | Where-Object { $_.Type -clike '*/denyonlysid' } | ForEach-Object { $_.Value })
    @{
        account = $identity.Name
        administrator = $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
        filteredToken = $denied -ccontains 'S-1-5-32-544'
        # Logged on over the network: by SSH with a key such a session has no right of its own on other machines' shares.
        networkLogon = $groups -ccontains 'S-1-5-2'
    }
}

# Tells machines apart, whatever name they are reached by.
function Get-MachineId([bool]$Windows) {
    try {
        if ($Windows) { return [string](Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Cryptography' -Name MachineGuid).MachineGuid }
        return [IO.File]::ReadAllText('/etc/machine-id').Trim()
    }
    catch { return [Environment]::MachineName }
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
