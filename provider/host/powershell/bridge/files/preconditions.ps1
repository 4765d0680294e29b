# PRECONDITIONS: a change is made only where a text file is still as it was when the change was decided on. Whoever asked may have been
# stopped meanwhile, and another run have put something else into the directory.

# Right before each change. No condition holds always; one without a digest says that there is no such file.
function Assert-Unchanged($Condition) {
    if ($null -eq $Condition) { return }
    $directory = Get-DirectoryPath $Condition.directory
    $relative = Get-Text $Condition.path
    $text = Read-Text (Join-Names $directory (Get-RelativeNames $relative))
    $now = $(if ($null -ne $text) { Get-TextDigest $text })
    $wanted = $(if ($null -ne $Condition.sha256) { Get-Text $Condition.sha256 })
    if ($now -ceq $wanted) { return }
    throw (New-Failure 'preconditionFailed' "$relative has been changed since this change was decided on." $directory)
}
