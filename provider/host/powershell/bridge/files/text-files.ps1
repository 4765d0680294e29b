# TEXT FILES: small files of UTF-8, read whole and written whole.

$MaximumTextBytes = 16MB

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
        Remove-Temporary $temporary
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
        # The file may be the condition itself, and the answer to its replacement have been lost.
        if ($null -ne $file.onlyIf -and (Read-Text $target.path) -ceq $text) { return 'null' }
        Assert-Unchanged $file.onlyIf
        $temporary = New-TemporaryName $target.path
        try {
            Write-NewFile $temporary $text
            Move-OverFile $temporary $target.path $file.onlyIf
        }
        catch {
            Remove-Temporary $temporary
            throw
        }
        'null'
    }
}

# What stays because another program has it open is removed as what a killed write left. How the write ended is what counts.
function Remove-Temporary([string]$Path) {
    try { Invoke-Patiently { [IO.File]::Delete((Get-SystemPath $Path)) } } catch { }
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

# A file is written whole beside its place and then takes the name, so that nobody ever sees a part of it. The names of what a crash may
# leave are known to the other side, which removes it.
function New-TemporaryName([string]$Path) { Get-NameBeside $Path ([Guid]::NewGuid().ToString('N').Substring(0, 12)) }

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
