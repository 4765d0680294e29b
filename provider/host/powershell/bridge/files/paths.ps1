# PATHS: how a path of this host is written, before anything is looked at.

$Separator = $(if ($PosixPaths) { '/' } else { '\' })
$LongestClassicPath = 247
$MistakenName = [regex]::new('\\(con|prn|aux|nul|com[1-9\u00b9\u00b2\u00b3]|lpt[1-9\u00b9\u00b2\u00b3]|conin\$|conout\$) *(\.[^\\]*)?(\\|$)|[^\\][. ](\\|$)', 'IgnoreCase, CultureInvariant')
$MayExtendPaths = -not $PosixPaths -and $PSVersionTable.PSEdition -cne 'Core' -and (Test-ExtendedPaths)

# An absolute path in this host's style, without a separator at its end.
function Get-DirectoryPath($Value) {
    $path = Get-Text $Value
    $problem = $(
        if ($PosixPaths) { $path[0] -cne '/' -or $path.IndexOf([char]0) -ge 0 }
        else {
            $path = $path.Replace('/', '\')
            # A colon beyond the drive would name a stream; a dot or a space at the end of a name is dropped, which names something else.
            $path -cnotmatch '^([A-Za-z]:\\|\\\\[^\\?.][^\\]*\\[^\\]+)' -or
            $path.Substring(2) -cmatch '[\x00-\x1f<>:"|?*]' -or $path.TrimEnd('\') -cmatch '[. ](\\|$)'
        }
    )
    if ($problem) { throw (New-Failure 'invalidParameter' 'This is no absolute path of a directory on this host.' $path) }
    $root = Get-PathRoot $path
    if ($path.Length -gt $root.Length) { $path.TrimEnd($Separator[0]) } else { $root }
}

# D:\, \\server\share\ or /.
function Get-PathRoot([string]$Path) {
    if ($PosixPaths) { return '/' }
    if ($Path -cmatch '^\\\\[^\\]+\\[^\\]+') { return $Matches[0] + '\' }
    $Path.Substring(0, 3)
}

# The names of a relative path, which the other side writes with forward slashes, below a directory.
function Get-RelativeNames([string]$Relative) {
    $names = $Relative.Split('/')
    foreach ($name in $names) {
        $bad = $name.Length -eq 0 -or $name -ceq '.' -or $name -ceq '..' -or $name.IndexOf([char]0) -ge 0 -or $name.Length -gt 255
        if (-not $PosixPaths) { $bad = $bad -or $name -cmatch '[\x00-\x1f\\:<>"|?*]' }
        if ($bad) { throw (New-Failure 'invalidParameter' 'This is no path below a directory.' $Relative) }
    }
    , $names
}

function Join-Names([string]$Folder, [string[]]$Names) {
    $joined = [string]::Join($Separator, $Names)
    if ($Folder[$Folder.Length - 1] -ceq $Separator) { $Folder + $joined } else { $Folder + $Separator + $joined }
}

# The form of a path that reaches the file system: Windows PowerShell takes more than 247 characters only behind \\?\, and any PowerShell
# takes the name of a device, or one that ends with a dot or a space, for another name without it.
function Get-SystemPath([string]$Path) {
    if ($PosixPaths) { return $Path }
    $isCore = $PSVersionTable.PSEdition -ceq 'Core'
    if (-not $MistakenName.IsMatch($Path) -and ($isCore -or $Path.Length -le $LongestClassicPath)) { return $Path }
    if (-not $isCore -and -not $MayExtendPaths) {
        $failure = New-Failure 'unusable' "The path has $($Path.Length) characters, and this PowerShell reaches $LongestClassicPath and no name of a device." $Path
        $failure.Data['fault'] = 'pathTooLong'
        throw $failure
    }
    if ($Path.Substring(0, 2) -ceq '\\') { '\\?\UNC\' + $Path.Substring(2) } else { '\\?\' + $Path }
}

function Test-SamePath([string]$Left, [string]$Right) {
    if ($PosixPaths) { return $Left -ceq $Right }
    [string]::Equals($Left, $Right, 'OrdinalIgnoreCase')
}
