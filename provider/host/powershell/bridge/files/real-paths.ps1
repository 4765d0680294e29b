# REAL PATHS: what stands at a path, and where it really is. By System.IO only, here and in all that works with files: the file cmdlets
# understand wildcards and \\?\ each in their own way.

$DirectoryAttribute = [int][IO.FileAttributes]::Directory
$ReparsePointAttribute = [int][IO.FileAttributes]::ReparsePoint
$ReadOnlyAttribute = [int][IO.FileAttributes]::ReadOnly
$Absent = -1

# The attributes of whatever is at a path, a link's own; $Absent where positively nothing is. Any other trouble is raised.
function Get-Attributes([string]$Path) {
    $system = Get-SystemPath $Path
    # A getter that fails gives nothing at all in PowerShell; the method then raises the reason.
    $attributes = [IO.FileInfo]::new($system).Attributes
    if ($null -eq $attributes) { $attributes = [IO.File]::GetAttributes($system) }
    [int]$attributes
}

# A directory with a reparse point is taken for a link, whatever it is: it is never entered. A file with one is a link only if it says
# so; deduplicated, compressed and cloud files are files.
function Test-Link([string]$Path, [int]$Attributes) {
    if (-not ($Attributes -band $ReparsePointAttribute)) { return $false }
    if ($Attributes -band $DirectoryAttribute) { return $true }
    [IO.FileInfo]::new((Get-SystemPath $Path)).LinkType -ceq 'SymbolicLink'
}

# Why nothing is at a path: only where its parent is there is it positively absent.
function Get-AbsenceKind([string]$Path) {
    $root = Get-PathRoot $Path
    if ($Path.Length -le $root.Length) { return 'volumeMissing' }
    $parent = $Path.Substring(0, [Math]::Max($Path.LastIndexOf($Separator[0]), $root.Length))
    # The target of a link counts here: a link to a missing volume is a missing parent.
    if ([IO.Directory]::Exists((Get-SystemPath $parent))) { return 'absent' }
    if ([IO.Directory]::Exists($root)) { return 'parentMissing' }
    # Raises what is wrong with a share that is not simply missing.
    [void](Get-Attributes $root)
    'volumeMissing'
}

# Where a directory really is: its names as the file system writes them, and the links on the way resolved. The second answer is whether
# another volume was mounted on the way. A mounted volume keeps the path that it is mounted at.
function Resolve-Directory([string]$Path) {
    $root = Get-PathRoot $Path
    $names = [Collections.Generic.List[string]]::new()
    $names.AddRange([string[]]@($Path.Substring([Math]::Min($root.Length, $Path.Length)).Split($Separator[0]) | Where-Object { $_ }))
    $resolved = $root.TrimEnd($Separator[0])
    $mounted = $false
    $links = 0
    for ($index = 0; $index -lt $names.Count; $index++) {
        $next = $resolved + $Separator + $names[$index]
        $attributes = [IO.FileInfo]::new($next).Attributes
        if ($null -eq $attributes -or $next.Length -gt $LongestClassicPath) { $attributes = Get-Attributes $next }
        if ([int]$attributes -eq $Absent) { throw (New-Failure 'notFound' 'The directory is not there.' $Path) }
        if (-not $PosixPaths) { $next = $resolved + $Separator + (Get-RealName $resolved $names[$index]) }
        if ([int]$attributes -band $ReparsePointAttribute) {
            $target = Get-LinkTarget $next
            if (-not $target) { $mounted = $true }
            else {
                if (++$links -gt 40) { throw (New-Failure 'io' 'Links lead to each other without end.' $Path) }
                if (-not [IO.Path]::IsPathRooted($target)) { $target = $resolved + $Separator + $target }
                $target = [IO.Path]::GetFullPath($target)
                $root = Get-PathRoot $target
                $rest = @($target.Substring([Math]::Min($root.Length, $target.Length)).Split($Separator[0]) | Where-Object { $_ })
                $rest += @($names.GetRange($index + 1, $names.Count - $index - 1))
                $names.Clear()
                $names.AddRange([string[]]$rest)
                $resolved = $root.TrimEnd($Separator[0])
                $index = -1
                continue
            }
        }
        $resolved = $next
    }
    if ($resolved.Length -lt $root.Length) { $resolved = $root }
    @{ path = $resolved; mounted = $mounted }
}

# A name as the file system writes it: its own case, and never a short name (PROGRA~1).
function Get-RealName([string]$Folder, [string]$Name) {
    try { foreach ($entry in [IO.DirectoryInfo]::new((Get-SystemPath "$Folder\")).EnumerateFileSystemInfos($Name)) { return $entry.Name } }
    # Who may pass through a folder may not always list it.
    catch { }
    $Name
}

# What a link or a junction leads to; nothing for a mounted volume, and for a reparse point that is no link.
function Get-LinkTarget([string]$Path) {
    $entry = [IO.DirectoryInfo]::new((Get-SystemPath $Path))
    if (@('SymbolicLink', 'Junction') -cnotcontains $entry.LinkType) { return }
    $target = [string]@($entry.Target)[0]
    if ($target -cmatch '^(\\\\\?\\|\\\?\?\\)?Volume\{') { return }
    $target = $target -creplace '^(\\\\\?\\|\\\?\?\\)', ''
    if ($target -cmatch '^UNC\\') { $target = '\' + $target.Substring(3) }
    $target
}
