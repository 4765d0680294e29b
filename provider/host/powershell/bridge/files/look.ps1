# LOOK: what is in a directory now, and which directories beside each other are marked.

$MaximumSurveyed = 10000
# Offline, RecallOnOpen, RecallOnDataAccess; .NET has no names for the last two.
$RecallAttributes = 0x1000 -bor 0x40000 -bor 0x400000
# In names between NULs.
$NotPlainName = [regex]'[^\x00\x20-\x7e]|["\\]'

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
# NUL, which no name holds, stands for the quotation mark until a folder's names have been escaped, all at once.
function Get-ListingJson([string]$Root) {
    $json = [Text.StringBuilder]::new('[')
    $pending = [Collections.Generic.Stack[object]]::new()
    $pending.Push(@('', $Root))
    $nextFolder = ''
    # A function's own variable is read at once, one of the script is looked for by its name: for every entry, that took a third of the time.
    $gone, $folderBit, $reparseBit, $recallBits = $Absent, $DirectoryAttribute, $ReparsePointAttribute, $RecallAttributes
    while ($pending.Count -gt 0) {
        $relative, $absolute = $pending.Pop()
        $entries = [Text.StringBuilder]::new()
        $quote = "`0"
        try {
            foreach ($entry in [IO.DirectoryInfo]::new((Get-SystemPath $absolute)).EnumerateFileSystemInfos()) {
                $attributes = [int]$entry.Attributes
                if ($attributes -eq $gone) { continue }
                $name = $entry.Name
                if ($attributes -band $folderBit) {
                    $kind = "`0,2,0"
                    if (-not ($attributes -band $reparseBit)) {
                        $kind = "`0,1,0"
                        if (-not $FolderOfServer.IsMatch($name)) { $pending.Push(@($(if ($relative.Length -eq 0) { $name } else { "$relative/$name" }), (Join-Names $absolute $name))) }
                    }
                    [void]$entries.Append($quote).Append($name).Append($kind)
                }
                elseif (($attributes -band $reparseBit) -and $entry.LinkType -ceq 'SymbolicLink') {
                    [void]$entries.Append($quote).Append($name).Append("`0,2,0")
                }
                else {
                    $kind = "`0,0,"
                    if ($attributes -band $recallBits) { $kind = "`0,3," }
                    [void]$entries.Append($quote).Append($name).Append($kind).Append([long]$entry.Length)
                }
                $quote = ",`0"
            }
        }
        catch {
            # A folder below that went away while we looked is simply not there.
            if ($relative.Length -eq 0 -or (Get-Cause $_) -isnot [IO.DirectoryNotFoundException]) { throw }
        }
        $text = $entries.ToString()
        if ($NotPlainName.IsMatch($text)) { $text = $NotPlainName.Replace($text, $EscapeCharacter) }
        [void]$json.Append($nextFolder).Append('[').Append((ConvertTo-JsonText $relative)).Append(',[').Append($text.Replace("`0", '"')).Append(']]')
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
