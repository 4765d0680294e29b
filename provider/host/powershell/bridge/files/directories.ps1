# DIRECTORIES: made with all that is missing above them, and removed only if nothing is in them.

function New-Directories($Arguments) {
    ConvertTo-Answers $Arguments.directories {
        param($request)
        $path = Get-DirectoryPath $request.directory
        $created = (Get-Attributes $path) -eq $Absent
        if ($created) {
            if ((Get-AbsenceKind $path) -ceq 'volumeMissing') { throw (New-Failure 'volumeMissing' 'The volume of the directory is not there.' $path) }
            Assert-Unchanged $request.onlyIf
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
        param($request)
        '"' + (Remove-EmptyDirectory (Get-DirectoryPath $request.directory) $request.onlyIf) + '"'
    }
}

# Removes a directory only if nothing is in it. Answers removed, notEmpty or absent.
function Remove-EmptyDirectory([string]$Path, $Condition) {
    $attributes = Get-Attributes $Path
    if ($attributes -eq $Absent) { return 'absent' }
    if (Test-Link $Path $attributes) { throw (New-Failure 'linkInPath' 'This is a link; links are never removed.' $Path) }
    if (-not ($attributes -band $DirectoryAttribute)) { throw (New-Failure 'io' 'This is not a directory.' $Path) }
    $system = Get-SystemPath $Path
    if ([IO.Directory]::EnumerateFileSystemEntries($system).GetEnumerator().MoveNext()) { return 'notEmpty' }
    try {
        Invoke-Patiently {
            Assert-Unchanged $Condition
            [IO.Directory]::Delete($system, $false)
        }
    }
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
