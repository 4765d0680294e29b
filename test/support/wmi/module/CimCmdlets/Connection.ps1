# One connection a runspace: a request is a line of ASCII JSON, its answer one line.
$script:connection = $null

function Open-Connection {
  if (-not $env:HYPERV_STANDIN_ADDRESS) { throw 'HYPERV_STANDIN_ADDRESS does not say where the stand-in of WMI listens.' }
  $computer, $port = $env:HYPERV_STANDIN_ADDRESS.Split(':')
  $client = New-Object System.Net.Sockets.TcpClient($computer, [int]$port)
  $client.NoDelay = $true
  $stream = $client.GetStream()
  $writer = New-Object System.IO.StreamWriter($stream, [System.Text.Encoding]::ASCII)
  $writer.NewLine = "`n"
  @{ client = $client; reader = New-Object System.IO.StreamReader($stream, [System.Text.Encoding]::ASCII); writer = $writer }
}

$script:toEscape = [System.Text.RegularExpressions.MatchEvaluator] { param($unit) '\u{0:x4}' -f [int][char]$unit.Value }

# The whole answer, or the HRESULT of an answer that did not come: no server, or a connection that did not last.
function Send-Request($request) {
  $json = ConvertTo-Json $request -Compress -Depth 10
  if ($json -match '[^\x20-\x7e]') { $json = [regex]::Replace($json, '[^\x20-\x7e]', $script:toEscape) }
  try {
    if ($null -eq $script:connection) { $script:connection = Open-Connection }
  } catch [System.Net.Sockets.SocketException] {
    return '0x800706ba'
  }
  try {
    $script:connection.writer.WriteLine($json)
    $script:connection.writer.Flush()
    $line = $script:connection.reader.ReadLine()
  } catch [System.IO.IOException] {
    $line = $null
  }
  if ($null -ne $line -and $line.EndsWith('!')) { return $line }
  $script:connection.client.Dispose()
  $script:connection = $null
  '0x800706be'
}

# Sends a request and writes what came of it as the real cmdlet does: objects, or an error under the caller's preference.
function Invoke-Wmi($cmdlet, $command, $request) {
  $line = Send-Request $request
  if ($line.StartsWith('0x')) {
    $message = if ($line -eq '0x800706ba') { 'The RPC server is unavailable. ' } else { 'The remote procedure call failed. ' }
    return Write-CimError $cmdlet $command 'CimException' 1 "HRESULT $line" $message
  }
  if ($line[0] -eq '{') {
    $failure = ConvertFrom-Json $line.Substring(0, $line.Length - 1)
    return Write-CimError $cmdlet $command $failure.exception $failure.native $failure.id $failure.message
  }
  $answer = [System.Management.Automation.PSSerializer]::Deserialize($line.Substring(0, $line.Length - 1))
  if ($null -ne $answer.groups) { foreach ($group in $answer.groups) { ConvertFrom-Group $group } }
  elseif ($null -ne $answer.result) { ConvertFrom-Result $answer }
  elseif ($null -ne $answer.properties) { ConvertFrom-Class $answer }
}
