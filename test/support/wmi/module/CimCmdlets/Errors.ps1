# Real CimExceptions with the ids of the real cmdlets. What only the native library could set is set past the public surface.
$script:setNativeCode = [Microsoft.Management.Infrastructure.CimException].GetProperty('NativeErrorCode').GetSetMethod($true)
$script:fullId = [System.Management.Automation.ErrorRecord].GetField('_serializedFullyQualifiedErrorId', [System.Reflection.BindingFlags]'NonPublic,Instance')

function Write-CimError($cmdlet, $command, $type, $native, $id, $message) {
  if ($type -eq 'CimException') {
    $exception = New-Object Microsoft.Management.Infrastructure.CimException($message)
    [void]$script:setNativeCode.Invoke($exception, @([Microsoft.Management.Infrastructure.NativeErrorCode]$native))
    Add-Member -InputObject $exception -MemberType NoteProperty -Name MessageId -Value $id -Force
  } else {
    $exception = New-Object "System.$type" $message
  }
  $record = New-Object System.Management.Automation.ErrorRecord($exception, $id, 'NotSpecified', $null)
  $script:fullId.SetValue($record, "$id,Microsoft.Management.Infrastructure.CimCmdlets.$command")
  # What the cmdlet itself refuses ends the pipeline, what the server refuses is an error among others.
  if ($type -ne 'CimException') { $cmdlet.ThrowTerminatingError($record) }
  # A function of a module does not see its caller's preference; a compiled cmdlet does.
  if (-not $cmdlet.MyInvocation.BoundParameters.ContainsKey('ErrorAction')) {
    $ErrorActionPreference = $cmdlet.SessionState.PSVariable.GetValue('ErrorActionPreference')
  }
  $cmdlet.WriteError($record)
}

# True, and an error, where another machine is asked for: the stand-in plays the local one.
function Test-Remote($cmdlet) {
  $bound = $cmdlet.MyInvocation.BoundParameters
  if (-not $bound.ContainsKey('ComputerName') -and -not $bound.ContainsKey('ResourceUri')) { return $false }
  Write-CimError $cmdlet "$($cmdlet.MyInvocation.MyCommand.Name.Replace('-', ''))Command" 'CimException' 1 'HRESULT 0x80338126' 'WinRM cannot complete the operation: the stand-in plays the local host only. '
  $true
}
