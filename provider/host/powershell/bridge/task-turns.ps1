# TURNS OF TASKS: what a lane does for a task before it lets the next one have its turn.

$FilesPerTurn = 64
$BytesPerTurn = 64MB
$RemovalsPerTurn = 50
$ReadAtOnce = 4MB
$hashBuffer = $null

# One turn of a task, in a lane; hands the rest back.
function Invoke-TaskTurn($Task) {
    $more = $false
    try {
        if (-not $Task.cancelled -and -not $Task.failure) {
            if ($null -eq $Task.files) { Initialize-Task $Task }
            $more = $(if ($Task.kind -ceq 'hash') { Invoke-HashTurn $Task } else { Invoke-RemovalTurn $Task })
        }
    }
    catch { $Task.failure = $_.Exception }
    if ($more -and -not $Task.cancelled -and -not $Task.failure) { Add-Work 'tasks' $Task }
    elseif ($Task.turns.Signal()) { $Task.answer = Get-TaskAnswer $Task }
}

# Checks every path before the first file is touched.
function Initialize-Task($Task) {
    $files = [string[]]@(foreach ($file in $Task.item.files) { Get-Text $file })
    foreach ($file in $files) { [void](Get-RelativeNames $file) }
    for ($index = 0; $index -lt $files.Count; $index++) { $Task.next.Enqueue($index) }
    $Task.results = [object[]]::new($files.Count)
    $Task.files = $files
    # Two files are hashed at once; files are removed in the order given, by one turn after the other.
    if ($Task.kind -ceq 'hash' -and $files.Count -gt 1) {
        $Task.turns.AddCount()
        Add-Work 'tasks' $Task
    }
}

function Get-TaskAnswer($Task) {
    if ($Task.failure) { return 'failed' }
    if ($Task.cancelled) { return '{"kind":"cancelled"}' }
    if ($Task.kind -ceq 'hash') { return '{"kind":"hashed","files":[' + [string]::Join(',', $Task.results) + ']}' }
    # A file's index in the list, and whether it was there.
    '{"kind":"removed","wasThere":[' + [string]::Join(',', $Task.results) + ']}'
}

# --- Hashing -------------------------------------------------------------------------------------------------------------------------

# Hashes some files; answers whether there are more.
function Invoke-HashTurn($Task) {
    $place = Open-Place $Task.item
    $index = 0
    $begun = $Task.doneBytes
    for ($count = 0; $count -lt $FilesPerTurn -and $Task.doneBytes - $begun -lt $BytesPerTurn; $count++) {
        if (-not $Task.next.TryDequeue([ref]$index)) { return $false }
        $file = Find-FileInPlace $place $Task.files[$index]
        $hash = $(if ($file.attributes -ne $Absent) { Get-FileDigest $Task $file.path })
        if ($Task.cancelled -or $Task.failure) { return $false }
        if (-not $hash) { throw (New-Failure 'notFound' 'The file is not there.' $file.path) }
        $Task.results[$index] = '[' + $hash.bytes + ',"' + $hash.digest + '"]'
    }
    $true
}

# SHA-256 of a file, read in large pieces; nothing where the file has gone or the task was cancelled.
function Get-FileDigest($Task, [string]$Path) {
    if (-not $script:hashBuffer) { $script:hashBuffer = [byte[]]::new($ReadAtOnce) }
    $buffer = $script:hashBuffer
    $stream = Open-ForReading $Path
    if (-not $stream) { return }
    $hash = New-Sha256
    try {
        $bytes = [long]0
        while (($read = $stream.Read($buffer, 0, $ReadAtOnce)) -gt 0) {
            [void]$hash.TransformBlock($buffer, 0, $read, $null, 0)
            $bytes += $read
            # Two turns may count at once and lose a piece: this is progress for people.
            $Task.doneBytes += $read
            if ($Task.cancelled -or $Task.failure) { return }
        }
        [void]$hash.TransformFinalBlock($buffer, 0, 0)
        @{ bytes = $bytes; digest = ConvertTo-Hexadecimal $hash.Hash }
    }
    finally {
        $hash.Dispose()
        $stream.Dispose()
    }
}

# --- Removing ------------------------------------------------------------------------------------------------------------------------

# Removes some of the files, and after the last one the folders that this left empty. The place is looked at anew in each turn: what was
# a folder a while ago may be a link now.
function Invoke-RemovalTurn($Task) {
    $directory = Get-DirectoryPath $Task.item.directory
    if ((Get-Attributes $directory) -eq $Absent -and (Get-AbsenceKind $directory) -ceq 'absent') {
        for ($index = 0; $index -lt $Task.files.Count; $index++) { if ($null -eq $Task.results[$index]) { $Task.results[$index] = 'false' } }
        return $false
    }
    $place = Open-Place $Task.item
    $index = 0
    for ($count = 0; $count -lt $RemovalsPerTurn; $count++) {
        if ($Task.cancelled) { return $false }
        if (-not $Task.next.TryDequeue([ref]$index)) { return Remove-EmptiedFolders $Task $place }
        $Task.results[$index] = $(if (Remove-FileInPlace $Task $place $Task.files[$index]) { 'true' } else { 'false' })
    }
    $true
}

# Whether a file was there to be removed. It is gone when this returns.
function Remove-FileInPlace($Task, [string]$Place, [string]$Relative) {
    $file = Find-FileInPlace $Place $Relative
    if ($file.attributes -eq $Absent) { return $false }
    $system = Get-SystemPath $file.path
    $bytes = [IO.FileInfo]::new($system).Length
    if (-not $PosixPaths -and ($file.attributes -band $ReadOnlyAttribute)) {
        Assert-Unchanged $Task.item.onlyIf
        Invoke-Patiently { [IO.File]::SetAttributes($system, [IO.FileAttributes]::Normal) }
    }
    Invoke-Patiently {
        Assert-Unchanged $Task.item.onlyIf
        [IO.File]::Delete($system)
    }
    Assert-Removed $file.path
    $Task.doneBytes += [long]$bytes
    $true
}

function Remove-EmptiedFolders($Task, [string]$Place) {
    $folders = [Collections.Generic.HashSet[string]]::new()
    foreach ($relative in $Task.files) {
        for ($end = $relative.LastIndexOf([char]'/'); $end -gt 0; $end = $relative.LastIndexOf([char]'/', $end - 1)) {
            if (-not $folders.Add($relative.Substring(0, $end))) { break }
        }
    }
    foreach ($folder in @($folders | Sort-Object -Property { $_.Split('/').Count } -Descending)) {
        if ($Task.cancelled) { return $false }
        # Deepest first; every folder on the way is looked at, for a link may have come in.
        $names = Get-RelativeNames $folder
        $path = $Place
        $isReal = $true
        foreach ($name in $names) {
            $path = Join-Names $path $name
            $attributes = Get-Attributes $path
            if ($attributes -eq $Absent -or -not ($attributes -band $DirectoryAttribute) -or ($attributes -band $ReparsePointAttribute)) { $isReal = $false; break }
        }
        if ($isReal) { [void](Remove-EmptyDirectory $path $Task.item.onlyIf) }
    }
    $false
}
