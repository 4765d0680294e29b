# REPLACEMENT: a file takes another's name in one step, so that a reader sees the old file or the new one. What a replacement that was
# cut short has left is found again.

function Move-Files($Arguments) {
    ConvertTo-Answers $Arguments.moves {
        param($move)
        $place = Open-Place $move
        $to = Get-Text $move.to
        # Both names are looked at before the first folder is made.
        [void](Find-FileInPlace $place $to)
        $from = Find-FileInPlace $place (Get-Text $move.from)
        if ($from.attributes -eq $Absent) { throw (New-Failure 'notFound' 'The file is not there.' $from.path) }
        Assert-Unchanged $move.onlyIf
        New-FoldersInPlace $place $to
        Move-OverFile $from.path (Find-FileInPlace $place $to).path $move.onlyIf
        'null'
    }
}

# Moves a file to a name, over what is there: a reader sees the old file or the new one. The condition is looked at before each try: while a
# file is waited for, another run may come.
function Move-OverFile([string]$From, [string]$To, $Condition) {
    Repair-Replacement $To
    $fromSystem = Get-SystemPath $From
    $toSystem = Get-SystemPath $To
    if ((Get-Attributes $To) -eq $Absent -or (Test-SamePath $From $To)) {
        try {
            Invoke-Patiently {
                Assert-Unchanged $Condition
                [IO.File]::Move($fromSystem, $toSystem)
            }
            return
        }
        # Somebody has just made it; then it is replaced.
        catch { if ((Get-Attributes $To) -eq $Absent) { throw } }
    }
    $replaced = Get-ReplacedName $To
    try {
        Invoke-Patiently {
            Assert-Unchanged $Condition
            [IO.File]::Replace($fromSystem, $toSystem, (Get-SystemPath $replaced), $true)
        }
    }
    catch {
        Repair-Replacement $To
        throw
    }
    # What stays because another program has it open is removed as what a killed write left.
    try { Invoke-Patiently { [IO.File]::Delete((Get-SystemPath $replaced)) } } catch { }
}

# Puts back what a replacement that was cut short has left.
function Repair-Replacement([string]$Path) {
    if ((Get-Attributes $Path) -ne $Absent) { return }
    $replaced = Get-ReplacedName $Path
    if ((Get-Attributes $replaced) -eq $Absent) { return }
    Invoke-Patiently { [IO.File]::Move((Get-SystemPath $replaced), (Get-SystemPath $Path)) }
}

# Where File.Replace puts the old file while it works. If it is cut short (errors 1176 and 1177) the old text is found there.
function Get-ReplacedName([string]$Path) { Get-NameBeside $Path '000000000000' }

function Get-NameBeside([string]$Path, [string]$Digits) {
    $name = $Path.Substring($Path.LastIndexOf($Separator[0]) + 1)
    # A name may have 255 units, of UTF-8 on POSIX; what is too long for an addition is stood in for by its digest.
    if ($name.Length -gt 60) { $Path = $Path.Substring(0, $Path.Length - $name.Length) + (Get-TextDigest $name) }
    "$Path.$Digits.tmp"
}
