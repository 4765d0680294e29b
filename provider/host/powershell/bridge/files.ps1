# FILES: directories and small text files, by System.IO only: the file cmdlets understand wildcards and \\?\ each in their own way.
# Every change is made below a place: a directory together with the path that it had, links resolved, when it was claimed. A place that
# leads elsewhere by now is refused, and so is every link below it.

$Separator = $(if ($PosixPaths) { '/' } else { '\' })
$MaximumTextBytes = 16MB
$MaximumSurveyed = 10000
$LongestClassicPath = 247
$MayExtendPaths = -not $PosixPaths -and $PSVersionTable.PSEdition -cne 'Core' -and (Test-ExtendedPaths)

$DirectoryAttribute = [int][IO.FileAttributes]::Directory
$ReparsePointAttribute = [int][IO.FileAttributes]::ReparsePoint
$ReadOnlyAttribute = [int][IO.FileAttributes]::ReadOnly
$Absent = -1

# --- Paths ---------------------------------------------------------------------------------------------------------------------------

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
        if (-not $PosixPaths) { $bad = $bad -or $name -cmatch '[\x00-\x1f\\:<>"|?*]' -or $name -cmatch '[. ]$' }
        if ($bad) { throw (New-Failure 'invalidParameter' 'This is no path below a directory.' $Relative) }
    }
    , $names
}

function Join-Names([string]$Folder, [string[]]$Names) {
    $joined = [string]::Join($Separator, $Names)
    if ($Folder[$Folder.Length - 1] -ceq $Separator) { $Folder + $joined } else { $Folder + $Separator + $joined }
}

# The form of a path that reaches the file system: Windows PowerShell takes more than 247 characters only behind \\?\.
function Get-SystemPath([string]$Path) {
    if ($PosixPaths -or $Path.Length -le $LongestClassicPath -or $PSVersionTable.PSEdition -ceq 'Core') { return $Path }
    if (-not $MayExtendPaths) {
        $failure = New-Failure 'unusable' "The path has $($Path.Length) characters, and this PowerShell reaches $LongestClassicPath." $Path
        $failure.Data['fault'] = 'pathTooLong'
        throw $failure
    }
    if ($Path.Substring(0, 2) -ceq '\\') { '\\?\UNC\' + $Path.Substring(2) } else { '\\?\' + $Path }
}

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

function Test-SamePath([string]$Left, [string]$Right) {
    if ($PosixPaths) { return $Left -ceq $Right }
    [string]::Equals($Left, $Right, 'OrdinalIgnoreCase')
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

# --- Places --------------------------------------------------------------------------------------------------------------------------

# The canonical path of a place, if it is still the one that was recorded.
function Open-Place($Item) {
    $directory = Get-DirectoryPath $Item.directory
    $recorded = (Get-Text $Item.canonicalPath).TrimEnd($Separator[0])
    $found = (Resolve-Directory $directory).path
    if (-not (Test-SamePath $found.TrimEnd($Separator[0]) $recorded)) {
        throw (New-Failure 'movedDirectory' "The directory leads to $found; it was claimed as $recorded." $directory)
    }
    $found
}

# The path of a file below a place, and its attributes. Every folder on the way is a real one, or missing; so is the file.
function Find-FileInPlace([string]$Place, [string]$Relative) {
    $names = Get-RelativeNames $Relative
    $path = $Place
    for ($index = 0; $index -lt $names.Count; $index++) {
        $path = Join-Names $path $names[$index]
        $attributes = Get-Attributes $path
        if ($attributes -eq $Absent) { return @{ path = Join-Names $Place $names; attributes = $Absent } }
        if (Test-Link $path $attributes) { throw (New-Failure 'linkInPath' 'A link stands below the directory; links are never followed.' $path) }
        $isLast = $index -eq $names.Count - 1
        if ([bool]($attributes -band $DirectoryAttribute) -eq $isLast) {
            throw (New-Failure 'io' $(if ($isLast) { 'This is not a plain file.' } else { 'This is not a directory.' }) $path)
        }
    }
    @{ path = $path; attributes = $attributes }
}

# Makes the folders that a file below a place needs.
function New-FoldersInPlace([string]$Place, [string]$Relative) {
    $names = Get-RelativeNames $Relative
    $folder = $Place
    foreach ($name in @($names | Select-Object -SkipLast 1)) {
        $folder = Join-Names $folder $name
        $attributes = Get-Attributes $folder
        if ($attributes -eq $Absent) { [void][IO.Directory]::CreateDirectory((Get-SystemPath $folder)) }
        elseif (Test-Link $folder $attributes) { throw (New-Failure 'linkInPath' 'A link stands below the directory; links are never followed.' $folder) }
    }
}

# --- Patience ------------------------------------------------------------------------------------------------------------------------

# Does something with a file, again while somebody else (a virus scanner, an indexer) holds the file, for about 1.5 s. A file that waits for its
# deletion looks like one that is denied; a real denial is told after a shorter wait.
function Invoke-Patiently([scriptblock]$Action) {
    for ($try = 1; ; $try++) {
        Assert-Wanted
        try { return & $Action }
        catch {
            $code = (Get-Cause $_).HResult -band 0xffff
            $tries = $(if ($code -eq 32 -or $code -eq 33) { 6 } elseif ($code -eq 5) { 3 } else { 0 })
            if ($try -ge $tries) { throw }
            [Threading.Thread]::Sleep(25 * [Math]::Pow(2, $try))
        }
    }
}

# --- Looking -------------------------------------------------------------------------------------------------------------------------

function Read-Directories($Arguments) {
    ConvertTo-Answers $Arguments.requests {
        param($request)
        Get-DirectoryReport (Get-DirectoryPath $request.directory) $request.texts $request.list
    }
}

# JSON of what is at a path now.
function Get-DirectoryReport([string]$Path, $Texts, [bool]$List) {
    $attributes = Get-Attributes $Path
    if ($attributes -eq $Absent) { return '{"kind":"' + (Get-AbsenceKind $Path) + '"}' }
    if (-not ($attributes -band $DirectoryAttribute) -or (Test-Link $Path $attributes)) { return '{"kind":"notDirectory"}' }
    $found = Resolve-Directory $Path
    $pairs = foreach ($name in $Texts) {
        $relative = Get-Text $name
        $text = Read-Text (Join-Names $found.path (Get-RelativeNames $relative))
        if ($null -ne $text) { '[' + (ConvertTo-JsonText $relative) + ',' + (ConvertTo-JsonText $text) + ']' }
    }
    $folders = $(if ($List) { Get-ListingJson $found.path } else { '[]' })
    '{"kind":"directory","canonicalPath":' + (ConvertTo-JsonText $found.path) + ',"texts":[' + [string]::Join(',', @($pairs)) +
    '],"folders":' + $folders + ',"freeBytes":' + (Get-FreeBytesJson $found) + '}'
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

# The text of a plain file; nothing where there is none. A file whose replacement was cut short is read under the name it waits under.
function Read-Text([string]$Path) {
    $attributes = Get-Attributes $Path
    if ($attributes -eq $Absent) {
        $Path = Get-ReplacedName $Path
        $attributes = Get-Attributes $Path
        if ($attributes -eq $Absent) { return $null }
    }
    if (($attributes -band $DirectoryAttribute) -or (Test-Link $Path $attributes)) { return $null }
    $stream = Open-ForReading $Path
    if (-not $stream) { return $null }
    try {
        if ($stream.Length -gt $MaximumTextBytes) { throw (New-Failure 'io' "The file has $($stream.Length) bytes; a text is read up to 16 MiB." $Path) }
        $bytes = [byte[]]::new($stream.Length)
        $count = 0
        while ($count -lt $bytes.Length -and ($read = $stream.Read($bytes, $count, $bytes.Length - $count)) -gt 0) { $count += $read }
        [Text.Encoding]::UTF8.GetString($bytes, 0, $count)
    }
    finally { $stream.Dispose() }
}

# A stream on a file that lets everybody else do what they will with it; nothing where the file has gone.
function Open-ForReading([string]$Path) {
    $system = Get-SystemPath $Path
    $share = [IO.FileShare]::ReadWrite -bor [IO.FileShare]::Delete
    try {
        Invoke-Patiently { [IO.FileStream]::new($system, [IO.FileMode]::Open, [IO.FileAccess]::Read, $share, 4096, [IO.FileOptions]::SequentialScan) }
    }
    catch {
        $cause = Get-Cause $_
        if ($cause -isnot [IO.FileNotFoundException] -and $cause -isnot [IO.DirectoryNotFoundException]) { throw }
    }
}

# JSON of everything below a directory: [[folder, [name, kind, bytes, name, kind, bytes, ...]], ...]; kinds: 0 file, 1 directory, 2 link.
# What is behind a link is not listed. Written out at length, because a function call an entry would take ten times as long.
function Get-ListingJson([string]$Root) {
    $json = [Text.StringBuilder]::new('[')
    $pending = [Collections.Generic.Stack[object]]::new()
    $pending.Push(@('', $Root))
    $nextFolder = ''
    while ($pending.Count -gt 0) {
        $relative, $absolute = $pending.Pop()
        $entries = [Text.StringBuilder]::new()
        $next = ''
        try {
            foreach ($entry in [IO.DirectoryInfo]::new((Get-SystemPath $absolute)).EnumerateFileSystemInfos()) {
                $name = $entry.Name
                $attributes = [int]$entry.Attributes
                if ($attributes -eq $Absent) { continue }
                $text = $(if ($NotPlain.IsMatch($name)) { $NotPlain.Replace($name, $EscapeCharacter) } else { $name })
                if ($attributes -band $DirectoryAttribute) {
                    if ($attributes -band $ReparsePointAttribute) { $kind = '",2,0' }
                    else {
                        $kind = '",1,0'
                        $pending.Push(@($(if ($relative.Length -eq 0) { $name } else { "$relative/$name" }), (Join-Names $absolute $name)))
                    }
                    [void]$entries.Append($next).Append('"').Append($text).Append($kind)
                }
                elseif (($attributes -band $ReparsePointAttribute) -and $entry.LinkType -ceq 'SymbolicLink') {
                    [void]$entries.Append($next).Append('"').Append($text).Append('",2,0')
                }
                else { [void]$entries.Append($next).Append('"').Append($text).Append('",0,').Append([long]$entry.Length) }
                $next = ','
            }
        }
        catch {
            # A folder below that went away while we looked is simply not there.
            if ($relative.Length -eq 0 -or (Get-Cause $_) -isnot [IO.DirectoryNotFoundException]) { throw }
        }
        [void]$json.Append($nextFolder).Append('[').Append((ConvertTo-JsonText $relative)).Append(',[').Append($entries.ToString()).Append(']]')
        $nextFolder = ','
    }
    $json.Append(']').ToString()
}

# Directories directly below a parent whose marker holds a text, each with its report. A help and no proof: trouble leaves things out.
function Search-MarkedDirectories($Arguments) {
    ConvertTo-Answers $Arguments.requests {
        param($request)
        $parent = Get-DirectoryPath $request.parent
        $marker = Get-RelativeNames (Get-Text $request.marker)
        $wanted = Get-Text $request.containing
        $entries = try { @([IO.DirectoryInfo]::new((Get-SystemPath $parent)).GetFileSystemInfos()) } catch { @() }
        if ($entries.Count -gt $MaximumSurveyed) { return '[]' }
        $found = foreach ($entry in $entries) {
            $attributes = [int]$entry.Attributes
            if ($attributes -eq $Absent -or -not ($attributes -band $DirectoryAttribute) -or ($attributes -band $ReparsePointAttribute)) { continue }
            $path = Join-Names $parent $entry.Name
            try {
                $text = Read-Text (Join-Names $path $marker)
                if ($null -eq $text -or -not $text.Contains($wanted)) { continue }
                '{"directory":' + (ConvertTo-JsonText $path) + ',"report":' + (Get-DirectoryReport $path $request.texts $true) + '}'
            }
            catch { continue }
        }
        '[' + [string]::Join(',', @($found)) + ']'
    }
}

# --- Free space ----------------------------------------------------------------------------------------------------------------------

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

# --- Directories ---------------------------------------------------------------------------------------------------------------------

function New-Directories($Arguments) {
    ConvertTo-Answers $Arguments.directories {
        param($directory)
        $path = Get-DirectoryPath $directory
        $created = (Get-Attributes $path) -eq $Absent
        if ($created) {
            if ((Get-AbsenceKind $path) -ceq 'volumeMissing') { throw (New-Failure 'volumeMissing' 'The volume of the directory is not there.' $path) }
            [void](Invoke-Patiently { [IO.Directory]::CreateDirectory((Get-SystemPath $path)) })
        }
        $attributes = Get-Attributes $path
        if (Test-Link $path $attributes) { throw (New-Failure 'linkInPath' 'This is a link.' $path) }
        if (-not ($attributes -band $DirectoryAttribute)) { throw (New-Failure 'io' 'This is there, and is not a directory.' $path) }
        $found = Resolve-Directory $path
        '{"created":' + $(if ($created) { 'true' } else { 'false' }) + ',"canonicalPath":' + (ConvertTo-JsonText $found.path) +
        ',"freeBytes":' + (Get-FreeBytesJson $found) + '}'
    }
}

function Remove-EmptyDirectories($Arguments) {
    ConvertTo-Answers $Arguments.directories {
        param($directory)
        '"' + (Remove-EmptyDirectory (Get-DirectoryPath $directory)) + '"'
    }
}

# Removes a directory only if nothing is in it. Answers removed, notEmpty or absent.
function Remove-EmptyDirectory([string]$Path) {
    $attributes = Get-Attributes $Path
    if ($attributes -eq $Absent) { return 'absent' }
    if (Test-Link $Path $attributes) { throw (New-Failure 'linkInPath' 'This is a link; links are never removed.' $Path) }
    if (-not ($attributes -band $DirectoryAttribute)) { throw (New-Failure 'io' 'This is not a directory.' $Path) }
    $system = Get-SystemPath $Path
    if ([IO.Directory]::EnumerateFileSystemEntries($system).GetEnumerator().MoveNext()) { return 'notEmpty' }
    try { Invoke-Patiently { [IO.Directory]::Delete($system, $false) } }
    catch {
        $cause = Get-Cause $_
        if ($cause -is [IO.DirectoryNotFoundException]) { return 'absent' }
        # ERROR_DIR_NOT_EMPTY, and ENOTEMPTY of Linux and macOS: something came into it.
        if (@(145, 39, 66) -contains ($cause.HResult -band 0xffff)) { return 'notEmpty' }
        throw
    }
    Assert-Removed $Path
    'removed'
}

# What is deleted stands under its name until the last program that has it open closes it.
function Assert-Removed([string]$Path) {
    for ($wait = 25; $wait -le 800; $wait *= 2) {
        if ((Get-Attributes $Path) -eq $Absent) { return }
        [Threading.Thread]::Sleep($wait)
    }
    throw (New-Failure 'inUse' 'This was deleted and is still there: another program has it open.' $Path)
}

# --- Text files ----------------------------------------------------------------------------------------------------------------------

# A file is written whole beside its place and then takes the name, so that nobody ever sees a part of it. The names of what a crash may
# leave are known to the other side, which removes it.
function New-TemporaryName([string]$Path) { Get-NameBeside $Path ([Guid]::NewGuid().ToString('N').Substring(0, 12)) }

# Where File.Replace puts the old file while it works. If it is cut short (errors 1176 and 1177) the old text is found there.
function Get-ReplacedName([string]$Path) { Get-NameBeside $Path '000000000000' }

function Get-NameBeside([string]$Path, [string]$Digits) {
    $name = $Path.Substring($Path.LastIndexOf($Separator[0]) + 1)
    # A name may have 255 units, of UTF-8 on POSIX; what is too long for an addition is stood in for by its digest.
    if ($name.Length -gt 60) { $Path = $Path.Substring(0, $Path.Length - $name.Length) + (Get-TextDigest $name) }
    "$Path.$Digits.tmp"
}

function Write-NewFile([string]$Path, [string]$Text) {
    $bytes = [Text.UTF8Encoding]::new($false).GetBytes($Text)
    Assert-Wanted
    $stream = [IO.FileStream]::new((Get-SystemPath $Path), [IO.FileMode]::CreateNew, [IO.FileAccess]::Write, [IO.FileShare]::None)
    try {
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    }
    finally { $stream.Dispose() }
}

# Puts back what a replacement that was cut short has left.
function Repair-Replacement([string]$Path) {
    if ((Get-Attributes $Path) -ne $Absent) { return }
    $replaced = Get-ReplacedName $Path
    if ((Get-Attributes $replaced) -eq $Absent) { return }
    [IO.File]::Move((Get-SystemPath $replaced), (Get-SystemPath $Path))
}

function New-TextFiles($Arguments) {
    ConvertTo-Answers $Arguments.files {
        param($file)
        $text = Get-Text $file.text
        $target = Find-FileInPlace (Open-Place $file) (Get-Text $file.path)
        if ($target.attributes -eq $Absent) {
            Repair-Replacement $target.path
            if (New-TextFile $target.path $text) { return '"created"' }
        }
        '"exists"'
    }
}

# Whether the file was created: a move that replaces nothing is one step, and the first to make it has the name.
function New-TextFile([string]$Path, [string]$Text) {
    $temporary = New-TemporaryName $Path
    try {
        Write-NewFile $temporary $Text
        Invoke-Patiently { [IO.File]::Move((Get-SystemPath $temporary), (Get-SystemPath $Path)) }
        $true
    }
    catch {
        [IO.File]::Delete((Get-SystemPath $temporary))
        # ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS, and EEXIST of Linux and macOS.
        if (@(80, 183, 17) -notcontains ((Get-Cause $_).HResult -band 0xffff)) { throw }
        $false
    }
}

function Set-TextFiles($Arguments) {
    ConvertTo-Answers $Arguments.files {
        param($file)
        $text = Get-Text $file.text
        $target = Find-FileInPlace (Open-Place $file) (Get-Text $file.path)
        $temporary = New-TemporaryName $target.path
        try {
            Write-NewFile $temporary $text
            Move-OverFile $temporary $target.path
        }
        catch {
            [IO.File]::Delete((Get-SystemPath $temporary))
            throw
        }
        'null'
    }
}

# Moves a file to a name, over what is there: a reader sees the old file or the new one.
function Move-OverFile([string]$From, [string]$To) {
    Repair-Replacement $To
    $fromSystem = Get-SystemPath $From
    $toSystem = Get-SystemPath $To
    if ((Get-Attributes $To) -eq $Absent -or (Test-SamePath $From $To)) {
        try {
            Invoke-Patiently { [IO.File]::Move($fromSystem, $toSystem) }
            return
        }
        # Somebody has just made it; then it is replaced.
        catch { if ((Get-Attributes $To) -eq $Absent) { throw } }
    }
    $replaced = Get-ReplacedName $To
    try { Invoke-Patiently { [IO.File]::Replace($fromSystem, $toSystem, (Get-SystemPath $replaced), $true) } }
    catch {
        Repair-Replacement $To
        throw
    }
    [IO.File]::Delete((Get-SystemPath $replaced))
}

function Move-Files($Arguments) {
    ConvertTo-Answers $Arguments.moves {
        param($move)
        $place = Open-Place $move
        $to = Get-Text $move.to
        # Both names are looked at before the first folder is made.
        [void](Find-FileInPlace $place $to)
        $from = Find-FileInPlace $place (Get-Text $move.from)
        if ($from.attributes -eq $Absent) { throw (New-Failure 'notFound' 'The file is not there.' $from.path) }
        New-FoldersInPlace $place $to
        Move-OverFile $from.path (Find-FileInPlace $place $to).path
        'null'
    }
}
