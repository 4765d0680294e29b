# LOOK: what is in a directory now, and which directories beside each other are marked.

$MaximumSurveyed = 10000
# Offline, RecallOnOpen, RecallOnDataAccess; .NET has no names for the last two.
$RecallAttributes = 0x1000 -bor 0x40000 -bor 0x400000

# Folders that file servers and systems make inside of others. Named and not entered: they may hold a copy of the volume, and be locked.
$FolderOfServer = [regex]::new('^(@eaDir|#recycle|#snapshot|@Recycle|@Recently-Snapshot|\.@__thumb|\.snapshots?|~snapshot|\.zfs|\.AppleDouble|\.AppleDB|\.AppleDesktop|Network Trash Folder|Temporary Items|\.TemporaryItems|\.Trashes|\.Trash(-[0-9]+)?|\.Spotlight-V100|\.fseventsd|\.DocumentRevisions-V100|System Volume Information|\$RECYCLE\.BIN|RECYCLER|RECYCLED|DfsrPrivate|lost\+found)$', 'IgnoreCase, CultureInvariant')

function Read-Directories($Arguments) {
    ConvertTo-Answers $Arguments.requests {
        param($request)
        Get-DirectoryReport (Get-DirectoryPath $request.directory) $request.texts $request.list
    }
}

# JSON of what is at a path now.
function Get-DirectoryReport([string]$Path, $Texts, [bool]$List) {
    $attributes = Get-Attributes $Path
    if ($attributes -eq $Absent) { return Get-AbsenceReport $Path }
    if (-not ($attributes -band $DirectoryAttribute) -or (Test-Link $Path $attributes)) { return '{"kind":"notDirectory"}' }
    try { Get-ContentReport $Path $Texts $List }
    catch {
        # Another run may remove it while it is looked at.
        if ((Get-Attributes $Path) -ne $Absent) { throw }
        Get-AbsenceReport $Path
    }
}

# JSON of why nothing is at a path: a file where a folder above it should be is named.
function Get-AbsenceReport([string]$Path) {
    $kind = Get-AbsenceKind $Path
    if ($kind -ceq 'parentMissing') {
        $file = Find-FileAbove $Path
        if ($null -ne $file) { return '{"kind":"notDirectory","above":' + (ConvertTo-JsonText $file) + '}' }
    }
    '{"kind":"' + $kind + '"}'
}

# What stands nearest above a path, if that can hold no folder. Of a link it is open where it will lead.
function Find-FileAbove([string]$Path) {
    $root = Get-PathRoot $Path
    $above = $Path
    while ($above.Length -gt $root.Length) {
        $above = $above.Substring(0, [Math]::Max($above.LastIndexOf($Separator[0]), $root.Length))
        $attributes = Get-Attributes $above
        if ($attributes -eq $Absent) { continue }
        if (-not ($attributes -band $DirectoryAttribute) -and -not (Test-Link $above $attributes)) { return $above }
        return
    }
}

function Get-ContentReport([string]$Path, $Texts, [bool]$List) {
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

# JSON of everything below a directory: [[folder, [name, kind, bytes, name, kind, bytes, ...]], ...]; kinds: 0 file, 1 directory, 2 link,
# 3 file whose content lies in another storage tier and is recalled when it is read.
# What is behind a link is not listed, nor what is in a folder of a file server. Written out at length, because a function call an entry would take ten times as long.
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
                        if (-not $FolderOfServer.IsMatch($name)) { $pending.Push(@($(if ($relative.Length -eq 0) { $name } else { "$relative/$name" }), (Join-Names $absolute $name))) }
                    }
                    [void]$entries.Append($next).Append('"').Append($text).Append($kind)
                }
                elseif (($attributes -band $ReparsePointAttribute) -and $entry.LinkType -ceq 'SymbolicLink') {
                    [void]$entries.Append($next).Append('"').Append($text).Append('",2,0')
                }
                else {
                    $kind = $(if ($attributes -band $RecallAttributes) { '",3,' } else { '",0,' })
                    [void]$entries.Append($next).Append('"').Append($text).Append($kind).Append([long]$entry.Length)
                }
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
