# TEST DISK: known bytes are written into a fixed VHDX that Hyper-V has just made, before any machine has it. Attaching a disk to the host
# would take an administrator. The layout is that of [MS-VHDX]; blocks of data carry no checksum. The file's DataWriteGuid stays: it tells
# disks that lie on this one of a change, and there are none.

$VhdxBlockTable = [Guid]'2dc27766-f623-4200-9d64-115e9bfd4a08'
$FullBlock = 6
$ContentBytes = 1MB

function Write-DiskContent([string]$Path, [string]$Content) {
    $text = [Text.Encoding]::ASCII.GetBytes($Content)
    $bytes = [byte[]]::new($ContentBytes)
    for ($at = 0; $at -lt $bytes.Length; $at += $text.Length) { [Array]::Copy($text, 0, $bytes, $at, [Math]::Min($text.Length, $bytes.Length - $at)) }
    $stream = Invoke-Patiently { [IO.FileStream]::new((Get-SystemPath $Path), [IO.FileMode]::Open, [IO.FileAccess]::ReadWrite, [IO.FileShare]::None) }
    try {
        $offset = Find-FirstBlock $stream
        if ($null -eq $offset -or $offset + $bytes.Length -gt $stream.Length) { throw (New-Failure 'io' 'This is no fixed VHDX as Hyper-V makes one; nothing was written into it.' $Path) }
        $stream.Position = $offset
        $stream.Write($bytes, 0, $bytes.Length)
        $stream.Flush($true)
    }
    finally { $stream.Dispose() }
}

# Where the first block of data lies, by the region table and the block allocation table; nothing where the file is not what it should be, or
# has changes in its log.
function Find-FirstBlock($Stream) {
    if ([Text.Encoding]::ASCII.GetString((Read-Bytes $Stream 0 8)) -cne 'vhdxfile') { return }
    foreach ($at in 64KB, 128KB) {
        if ([Guid]::new([byte[]](Read-Bytes $Stream ($at + 48) 16)) -ne [Guid]::Empty) { return }
    }
    $table = Read-Bytes $Stream 192KB 4096
    if ([Text.Encoding]::ASCII.GetString($table, 0, 4) -cne 'regi') { return }
    $count = [Math]::Min([int][BitConverter]::ToUInt32($table, 8), 127)
    for ($entry = 16; $entry -lt 16 + 32 * $count; $entry += 32) {
        if ([Guid]::new([byte[]]$table[$entry..($entry + 15)]) -ne $VhdxBlockTable) { continue }
        $block = [BitConverter]::ToUInt64((Read-Bytes $Stream ([BitConverter]::ToInt64($table, $entry + 16)) 8), 0)
        if (($block -band 7) -ne $FullBlock) { return }
        return [long]($block -shr 20) * 1MB
    }
}

function Read-Bytes($Stream, [long]$Offset, [int]$Count) {
    $bytes = [byte[]]::new($Count)
    $Stream.Position = $Offset
    for ($done = 0; $done -lt $Count; $done += $read) {
        $read = $Stream.Read($bytes, $done, $Count - $done)
        if ($read -eq 0) { break }
    }
    , $bytes
}
