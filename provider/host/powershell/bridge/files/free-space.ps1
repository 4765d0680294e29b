# FREE SPACE: how much room there is for this account where a directory is.

# Free bytes for this account where the directory is; null where nobody can tell, for a wrong number is worse than none.
function Get-FreeBytesJson($Found) {
    $bytes = try {
        if (-not $PosixPaths -and $Found.path.Substring(0, 2) -ceq '\\') { Get-FreeBytesOfShare (Get-PathRoot $Found.path) }
        elseif ($Found.mounted) { Get-FreeBytesOfMountedVolume $Found.path }
        else { [IO.DriveInfo]::new($(if ($PosixPaths) { $Found.path } else { Get-PathRoot $Found.path })).AvailableFreeSpace }
    }
    catch { $null }
    if ($null -eq $bytes) { 'null' } else { ([long]$bytes).ToString([Globalization.CultureInfo]::InvariantCulture) }
}

# .NET knows no free space of a share; this object of Windows does, and only here is one of its kind used.
function Get-FreeBytesOfShare([string]$Share) {
    $fileSystem = New-Object -ComObject Scripting.FileSystemObject
    try { [long]$fileSystem.GetDrive($Share.TrimEnd('\')).AvailableSpace }
    finally { [void][Runtime.InteropServices.Marshal]::FinalReleaseComObject($fileSystem) }
}

# A volume that is mounted in a folder, a cluster volume as well: the one whose mount point is the longest beginning of the path.
function Get-FreeBytesOfMountedVolume([string]$Path) {
    $best = $null
    foreach ($volume in Get-CimInstance -Namespace 'root/cimv2' -ClassName Win32_Volume -OperationTimeoutSec 30) {
        $isAbove = $volume.Name -and "$Path\".StartsWith($volume.Name, 'OrdinalIgnoreCase')
        if ($isAbove -and ($null -eq $best -or $volume.Name.Length -gt $best.Name.Length)) { $best = $volume }
    }
    # The drive itself is not what is mounted there.
    if ($best -and $best.Name.Length -gt 3) { $best.FreeSpace }
}
