# PATIENCE: waiting, within bounds, for other programs that have a file open.

# ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; EAGAIN (a lock), EBUSY and ETXTBSY of Linux, which only tests meet.
$InUse = $(if ($PosixPaths) { 11, 16, 26 } else { 32, 33 })

# Does something with a file, again while somebody else (a virus scanner, an indexer) holds the file, for about 1.5 s. A file that waits for its
# deletion looks like one that is denied; a real denial is told after a shorter wait.
function Invoke-Patiently([scriptblock]$Action) {
    for ($try = 1; ; $try++) {
        Assert-Wanted
        try { return & $Action }
        catch {
            $code = (Get-Cause $_).HResult -band 0xffff
            $tries = $(if ($InUse -contains $code) { 6 } elseif ($code -eq 5 -and -not $PosixPaths) { 3 } else { 0 })
            if ($try -ge $tries) { throw }
            [Threading.Thread]::Sleep(25 * [Math]::Pow(2, $try))
        }
    }
}

# What is deleted stands under its name until the last program that has it open closes it.
function Assert-Removed([string]$Path) {
    for ($wait = 25; $wait -le 800; $wait *= 2) {
        if ((Get-Attributes $Path) -eq $Absent) { return }
        [Threading.Thread]::Sleep($wait)
    }
    throw (New-Failure 'fileInUse' 'This was deleted and is still there: another program has it open.' $Path)
}
