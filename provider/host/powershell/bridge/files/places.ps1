# PLACES: every change is made below a place, which is a directory together with the path that it had, links resolved, when it was
# claimed. A place that leads elsewhere by now is refused, and so is every link below it.

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
        if ($attributes -eq $Absent) { [void](Invoke-Patiently { [IO.Directory]::CreateDirectory((Get-SystemPath $folder)) }) }
        elseif (Test-Link $folder $attributes) { throw (New-Failure 'linkInPath' 'A link stands below the directory; links are never followed.' $folder) }
    }
}
