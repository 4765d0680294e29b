# The CIM cmdlets as a script: names, parameter sets, positions and pipeline input are those of the real ones (Windows PowerShell 5.1), what
# they do is asked of the server whose address is in HYPERV_STANDIN_ADDRESS. Only the local host is played: no -ComputerName, no -ResourceUri.
Set-StrictMode -Off # a caller's strictness is none of ours
$ErrorActionPreference = 'Stop'
$script:sessionCount = 0
$script:sessions = New-Object System.Collections.ArrayList
. "$PSScriptRoot/Connection.ps1"
. "$PSScriptRoot/Values.ps1"
. "$PSScriptRoot/Errors.ps1"

function Get-CimInstance {
  [CmdletBinding(DefaultParameterSetName='ClassNameComputerSet')]
  param(
    [Parameter(ParameterSetName='CimInstanceSessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='QuerySessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='ClassNameSessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', Mandatory, ValueFromPipeline)][PSTypeName('Microsoft.Management.Infrastructure.CimSession')][psobject[]]$CimSession,
    [Parameter(ParameterSetName='ClassNameSessionSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameComputerSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)][string]$ClassName,
    [Parameter(ParameterSetName='ResourceUriSessionSet', Mandatory, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', Mandatory, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='CimInstanceComputerSet')]
    [Parameter(ParameterSetName='CimInstanceSessionSet')]
    [Parameter(ParameterSetName='QueryComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QuerySessionSet', ValueFromPipelineByPropertyName)][uri]$ResourceUri,
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QueryComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='CimInstanceComputerSet')]
    [Alias('CN','ServerName')][string[]]$ComputerName,
    [Parameter(ParameterSetName='ClassNameComputerSet')]
    [Parameter(ParameterSetName='ClassNameSessionSet')]
    [Parameter(ParameterSetName='ResourceUriComputerSet')]
    [Parameter(ParameterSetName='ResourceUriSessionSet')][switch]$KeyOnly,
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QueryComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QuerySessionSet', ValueFromPipelineByPropertyName)][string]$Namespace,
    [Alias('OT')][uint32]$OperationTimeoutSec,
    [Parameter(ParameterSetName='CimInstanceComputerSet', Mandatory, Position=0, ValueFromPipeline)]
    [Parameter(ParameterSetName='CimInstanceSessionSet', Mandatory, Position=0, ValueFromPipeline)]
    [Alias('CimInstance')][PSTypeName('Microsoft.Management.Infrastructure.CimInstance')][psobject]$InputObject,
    [Parameter(ParameterSetName='QueryComputerSet', Mandatory, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QuerySessionSet', Mandatory, ValueFromPipelineByPropertyName)][string]$Query,
    [Parameter(ParameterSetName='QueryComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QuerySessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)][string]$QueryDialect,
    [Parameter(ParameterSetName='ClassNameComputerSet')]
    [Parameter(ParameterSetName='ClassNameSessionSet')]
    [Parameter(ParameterSetName='ResourceUriSessionSet')]
    [Parameter(ParameterSetName='ResourceUriComputerSet')]
    [Parameter(ParameterSetName='QueryComputerSet')]
    [Parameter(ParameterSetName='QuerySessionSet')][switch]$Shallow,
    [Parameter(ParameterSetName='ClassNameSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)][string]$Filter,
    [Parameter(ParameterSetName='ClassNameSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)]
    [Alias('SelectProperties')][string[]]$Property
  )
  process {
    if (Test-Remote $PSCmdlet) { return }
    $request = switch -Wildcard ($PSCmdlet.ParameterSetName) {
      'ClassName*' { @{ operation = 'enumerate'; className = $ClassName; namespace = Get-DefaultNamespace $Namespace; keyOnly = [bool]$KeyOnly; shallow = [bool]$Shallow } }
      'Query*' { @{ operation = 'query'; query = $Query; namespace = Get-DefaultNamespace $Namespace } }
      'CimInstance*' { @{ operation = 'get'; instance = ConvertTo-Target $InputObject } }
    }
    if ($Filter) { $request.filter = $Filter }
    if ($Property) { $request.properties = $Property }
    if ($QueryDialect) { $request.dialect = $QueryDialect }
    $request.timeout = $OperationTimeoutSec
    Invoke-Wmi $PSCmdlet 'GetCimInstanceCommand' $request
  }
}

function Get-CimAssociatedInstance {
  [CmdletBinding(DefaultParameterSetName='ComputerSet')]
  param(
    [Parameter(Position=1, ValueFromPipelineByPropertyName)][string]$Association,
    [string]$ResultClassName,
    [Parameter(Mandatory, Position=0, ValueFromPipeline)]
    [Alias('CimInstance')][PSTypeName('Microsoft.Management.Infrastructure.CimInstance')][psobject]$InputObject,
    [Parameter(ValueFromPipelineByPropertyName)][string]$Namespace,
    [Parameter(ValueFromPipelineByPropertyName)]
    [Alias('OT')][uint32]$OperationTimeoutSec,
    [uri]$ResourceUri,
    [Parameter(ParameterSetName='ComputerSet')]
    [Alias('CN','ServerName')][string[]]$ComputerName,
    [Parameter(ParameterSetName='SessionSet', Mandatory, ValueFromPipeline)][PSTypeName('Microsoft.Management.Infrastructure.CimSession')][psobject[]]$CimSession,
    [switch]$KeyOnly
  )
  process {
    if (Test-Remote $PSCmdlet) { return }
    $target = ConvertTo-Target $InputObject
    if (-not $Namespace) { $Namespace = $target.namespace }
    Invoke-Wmi $PSCmdlet 'GetCimAssociatedInstanceCommand' @{
      operation = 'associated'; instance = $target; namespace = $Namespace; association = $Association; resultClass = $ResultClassName
      keyOnly = [bool]$KeyOnly; timeout = $OperationTimeoutSec
    }
  }
}

function Invoke-CimMethod {
  [CmdletBinding(DefaultParameterSetName='ClassNameComputerSet', SupportsShouldProcess=$true, ConfirmImpact='Medium')]
  param(
    [Parameter(ParameterSetName='ClassNameComputerSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameSessionSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)]
    [Alias('Class')][string]$ClassName,
    [Parameter(ParameterSetName='CimInstanceComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='CimInstanceSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', Mandatory, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', Mandatory, ValueFromPipelineByPropertyName)][uri]$ResourceUri,
    [Parameter(ParameterSetName='CimClassComputerSet', Mandatory, Position=0, ValueFromPipeline)]
    [Parameter(ParameterSetName='CimClassSessionSet', Mandatory, Position=0, ValueFromPipeline)][PSTypeName('Microsoft.Management.Infrastructure.CimClass')][psobject]$CimClass,
    [Parameter(ParameterSetName='QueryComputerSet', Mandatory, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QuerySessionSet', Mandatory, ValueFromPipelineByPropertyName)][string]$Query,
    [Parameter(ParameterSetName='QueryComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QuerySessionSet', ValueFromPipelineByPropertyName)][string]$QueryDialect,
    [Parameter(ParameterSetName='CimInstanceComputerSet', Mandatory, Position=0, ValueFromPipeline)]
    [Parameter(ParameterSetName='CimInstanceSessionSet', Mandatory, Position=0, ValueFromPipeline)]
    [Alias('CimInstance')][PSTypeName('Microsoft.Management.Infrastructure.CimInstance')][psobject]$InputObject,
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QueryComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='CimInstanceComputerSet')]
    [Parameter(ParameterSetName='CimClassComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)]
    [Alias('CN','ServerName')][string[]]$ComputerName,
    [Parameter(ParameterSetName='CimInstanceSessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='QuerySessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='ClassNameSessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='CimClassSessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', Mandatory, ValueFromPipelineByPropertyName)][PSTypeName('Microsoft.Management.Infrastructure.CimSession')][psobject[]]$CimSession,
    [Parameter(Position=1, ValueFromPipelineByPropertyName)][System.Collections.IDictionary]$Arguments,
    [Parameter(Mandatory, Position=2, ValueFromPipelineByPropertyName)]
    [Alias('Name')][string]$MethodName,
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QueryComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='QuerySessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', ValueFromPipelineByPropertyName)][string]$Namespace,
    [Alias('OT')][uint32]$OperationTimeoutSec
  )
  process {
    if (Test-Remote $PSCmdlet) { return }
    if (-not $PSCmdlet.ShouldProcess($MethodName)) { return }
    $request = @{ operation = 'invoke'; method = $MethodName; className = ''; namespace = Get-DefaultNamespace $Namespace; timeout = $OperationTimeoutSec }
    $request.arguments = ConvertTo-SentTable $Arguments
    $instances = switch -Wildcard ($PSCmdlet.ParameterSetName) {
      'ClassName*' { $request.className = $ClassName }
      'CimClass*' { $request.className = $CimClass.CimClassName; $request.namespace = $CimClass.CimSystemProperties.Namespace }
      'CimInstance*' { $InputObject }
      'Query*' { Get-CimInstance -Query $Query -Namespace $request.namespace -OperationTimeoutSec $OperationTimeoutSec }
    }
    if ($null -eq $instances -and $request.className) { Invoke-Wmi $PSCmdlet 'InvokeCimMethodCommand' $request }
    foreach ($instance in $instances) {
      $request.instance = ConvertTo-Target $instance
      Invoke-Wmi $PSCmdlet 'InvokeCimMethodCommand' $request
    }
  }
}

function New-CimInstance {
  [CmdletBinding(DefaultParameterSetName='ClassNameComputerSet', SupportsShouldProcess=$true, ConfirmImpact='Medium')]
  param(
    [Parameter(ParameterSetName='ClassNameSessionSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameComputerSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)][string]$ClassName,
    [Parameter(ParameterSetName='ResourceUriSessionSet', Mandatory, ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', Mandatory, ValueFromPipelineByPropertyName)][uri]$ResourceUri,
    [Parameter(ParameterSetName='ClassNameSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)][string[]]$Key,
    [Parameter(ParameterSetName='CimClassSessionSet', Mandatory, Position=0, ValueFromPipeline)]
    [Parameter(ParameterSetName='CimClassComputerSet', Mandatory, Position=0, ValueFromPipeline)][PSTypeName('Microsoft.Management.Infrastructure.CimClass')][psobject]$CimClass,
    [Parameter(Position=1, ValueFromPipelineByPropertyName)]
    [Alias('Arguments')][System.Collections.IDictionary]$Property,
    [Parameter(ParameterSetName='ClassNameSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)][string]$Namespace,
    [Alias('OT')][uint32]$OperationTimeoutSec,
    [Parameter(ParameterSetName='ClassNameSessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='ResourceUriSessionSet', Mandatory, ValueFromPipeline)]
    [Parameter(ParameterSetName='CimClassSessionSet', Mandatory, ValueFromPipeline)][PSTypeName('Microsoft.Management.Infrastructure.CimSession')][psobject[]]$CimSession,
    [Parameter(ParameterSetName='ClassNameComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='ResourceUriComputerSet', ValueFromPipelineByPropertyName)]
    [Parameter(ParameterSetName='CimClassComputerSet', ValueFromPipelineByPropertyName)]
    [Alias('CN','ServerName')][string[]]$ComputerName,
    [Parameter(ParameterSetName='ClassNameSessionSet')]
    [Parameter(ParameterSetName='ClassNameComputerSet')]
    [Parameter(ParameterSetName='CimClassComputerSet')]
    [Parameter(ParameterSetName='CimClassSessionSet')]
    [Alias('Local')][switch]$ClientOnly
  )
  process {
    if (Test-Remote $PSCmdlet) { return }
    if (-not $PSCmdlet.ShouldProcess($ClassName)) { return }
    if (-not $ClientOnly) { return Write-CimError $PSCmdlet 'NewCimInstanceCommand' 'CimException' 7 'HRESULT 0x8004100c' 'Not supported ' }
    foreach ($name in @(if ($Property) { $Property.Keys })) {
      if ($null -eq $Property[$name]) {
        return Write-CimError $PSCmdlet 'NewCimInstanceCommand' 'ArgumentException' 1 'System.ArgumentException' "The CIM type of the property $name could not be inferred from null."
      }
    }
    if ($CimClass) {
      $ClassName = $CimClass.CimClassName; $Namespace = $CimClass.CimSystemProperties.Namespace
      $Key = @($CimClass.CimClassProperties | Where-Object Flags -Match 'Key' | ForEach-Object Name)
    }
    New-ClientInstance $ClassName (Get-DefaultNamespace $Namespace) $Key $Property
  }
}

function Get-CimClass {
  [CmdletBinding(DefaultParameterSetName='ComputerSet')]
  param(
    [Parameter(Position=0, ValueFromPipelineByPropertyName)][string]$ClassName,
    [Parameter(Position=1, ValueFromPipelineByPropertyName)][string]$Namespace,
    [Parameter(ValueFromPipelineByPropertyName)]
    [Alias('OT')][uint32]$OperationTimeoutSec,
    [Parameter(ParameterSetName='SessionSet', Mandatory, ValueFromPipeline)][PSTypeName('Microsoft.Management.Infrastructure.CimSession')][psobject[]]$CimSession,
    [Parameter(ParameterSetName='ComputerSet', ValueFromPipelineByPropertyName)]
    [Alias('CN','ServerName')][string[]]$ComputerName,
    [Parameter(ValueFromPipelineByPropertyName)][string]$MethodName,
    [Parameter(ValueFromPipelineByPropertyName)][string]$PropertyName,
    [Parameter(ValueFromPipelineByPropertyName)][string]$QualifierName
  )
  process {
    if (Test-Remote $PSCmdlet) { return }
    if (-not $ClassName -or $ClassName.IndexOfAny('*?['.ToCharArray()) -ge 0) {
      return Write-CimError $PSCmdlet 'GetCimClassCommand' 'CimException' 7 'HRESULT 0x8004100c' 'The stand-in finds one class by its name only.'
    }
    Invoke-Wmi $PSCmdlet 'GetCimClassCommand' @{ operation = 'class'; className = $ClassName; namespace = Get-DefaultNamespace $Namespace; timeout = $OperationTimeoutSec } |
      Where-Object { -not $MethodName -or $_.CimClassMethods.Name -like $MethodName } |
      Where-Object { -not $PropertyName -or $_.CimClassProperties.Name -like $PropertyName }
  }
}

function New-CimSession {
  [CmdletBinding(DefaultParameterSetName='CredentialParameterSet')]
  param(
    [Parameter(ParameterSetName='CredentialParameterSet', ValueFromPipelineByPropertyName)][Microsoft.Management.Infrastructure.Options.PasswordAuthenticationMechanism]$Authentication,
    [Parameter(ParameterSetName='CredentialParameterSet', Position=1)][pscredential][System.Management.Automation.CredentialAttribute()]$Credential,
    [Parameter(ParameterSetName='CertificateParameterSet', ValueFromPipelineByPropertyName)][string]$CertificateThumbprint,
    [Parameter(Position=0, ValueFromPipelineByPropertyName)]
    [Alias('CN','ServerName')][ValidateNotNullOrEmpty()][string[]]$ComputerName,
    [Parameter(ValueFromPipelineByPropertyName)][string]$Name,
    [Parameter(ValueFromPipelineByPropertyName)]
    [Alias('OT')][uint32]$OperationTimeoutSec,
    [Parameter(ValueFromPipelineByPropertyName)][switch]$SkipTestConnection,
    [Parameter(ValueFromPipelineByPropertyName)][uint32]$Port,
    [Parameter(ValueFromPipelineByPropertyName)][Microsoft.Management.Infrastructure.Options.CimSessionOptions]$SessionOption
  )
  process {
    if (Test-Remote $PSCmdlet) { return }
    $session = [pscustomobject]@{ Id = [uint32](++$script:sessionCount); Name = "CimSession$script:sessionCount"; InstanceId = [guid]::NewGuid(); ComputerName = 'localhost'; Protocol = 'DCOM' }
    if ($Name) { $session.Name = $Name }
    $session.PSTypeNames.Insert(0, 'Microsoft.Management.Infrastructure.CimSession')
    [void]$script:sessions.Add($session)
    $session
  }
}

function Get-CimSession {
  [CmdletBinding(DefaultParameterSetName='ComputerNameSet')]
  param(
    [Parameter(ParameterSetName='ComputerNameSet', Position=0, ValueFromPipelineByPropertyName)]
    [Alias('CN','ServerName')][string[]]$ComputerName,
    [Parameter(ParameterSetName='SessionIdSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)][uint32[]]$Id,
    [Parameter(ParameterSetName='InstanceIdSet', Mandatory, ValueFromPipelineByPropertyName)][guid[]]$InstanceId,
    [Parameter(ParameterSetName='NameSet', Mandatory, ValueFromPipelineByPropertyName)][string[]]$Name
  )
  process {
    $script:sessions | Where-Object { (-not $Id -or $_.Id -in $Id) -and (-not $Name -or $_.Name -in $Name) -and (-not $InstanceId -or $_.InstanceId -in $InstanceId) }
  }
}

function Remove-CimSession {
  [CmdletBinding(DefaultParameterSetName='CimSessionSet', SupportsShouldProcess=$true, ConfirmImpact='Medium')]
  param(
    [Parameter(ParameterSetName='CimSessionSet', Mandatory, Position=0, ValueFromPipeline, ValueFromPipelineByPropertyName)][PSTypeName('Microsoft.Management.Infrastructure.CimSession')][psobject[]]$CimSession,
    [Parameter(ParameterSetName='ComputerNameSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)]
    [Alias('CN','ServerName')][string[]]$ComputerName,
    [Parameter(ParameterSetName='SessionIdSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)][uint32[]]$Id,
    [Parameter(ParameterSetName='InstanceIdSet', Mandatory, ValueFromPipelineByPropertyName)][guid[]]$InstanceId,
    [Parameter(ParameterSetName='NameSet', Mandatory, ValueFromPipelineByPropertyName)][string[]]$Name
  )
  process {
    foreach ($session in @($script:sessions)) {
      $meant = ($CimSession -and $CimSession.InstanceId -contains $session.InstanceId) -or ($Id -and $session.Id -in $Id) -or ($Name -and $session.Name -in $Name) -or
        ($InstanceId -and $session.InstanceId -in $InstanceId) -or ($ComputerName -and $session.ComputerName -in $ComputerName)
      if ($meant) { $script:sessions.Remove($session) }
    }
  }
}

function New-CimSessionOption {
  [CmdletBinding(DefaultParameterSetName='ProtocolTypeSet')]
  param(
    [Parameter(ParameterSetName='WSManParameterSet')][switch]$NoEncryption,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][switch]$SkipCACheck,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][switch]$SkipCNCheck,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][switch]$SkipRevocationCheck,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][switch]$EncodePortInServicePrincipalName,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][Microsoft.Management.Infrastructure.Options.PacketEncoding]$Encoding,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][uri]$HttpPrefix,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][uint32]$MaxEnvelopeSizeKB,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][Microsoft.Management.Infrastructure.Options.PasswordAuthenticationMechanism]$ProxyAuthentication,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][string]$ProxyCertificateThumbprint,
    [Parameter(ParameterSetName='WSManParameterSet')][pscredential][System.Management.Automation.CredentialAttribute()]$ProxyCredential,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][Microsoft.Management.Infrastructure.Options.ProxyType]$ProxyType,
    [Parameter(ParameterSetName='WSManParameterSet', ValueFromPipelineByPropertyName)][switch]$UseSsl,
    [Parameter(ParameterSetName='DcomParameterSet')][Microsoft.Management.Infrastructure.Options.ImpersonationType]$Impersonation,
    [Parameter(ParameterSetName='DcomParameterSet')][switch]$PacketIntegrity,
    [Parameter(ParameterSetName='DcomParameterSet')][switch]$PacketPrivacy,
    [Parameter(ParameterSetName='ProtocolTypeSet', Mandatory, Position=0, ValueFromPipelineByPropertyName)][ValidateSet('Dcom', 'Default', 'Wsman')][string]$Protocol,
    [Parameter(ValueFromPipelineByPropertyName)][cultureinfo]$UICulture,
    [Parameter(ValueFromPipelineByPropertyName)][cultureinfo]$Culture
  )
  process {
    if ($PSCmdlet.ParameterSetName -eq 'WSManParameterSet' -or $Protocol -eq 'Wsman') { [Microsoft.Management.Infrastructure.Options.WSManSessionOptions]::new() }
    else { [Microsoft.Management.Infrastructure.Options.DComSessionOptions]::new() }
  }
}

Set-Alias gcim Get-CimInstance
Set-Alias gcai Get-CimAssociatedInstance
Set-Alias gcls Get-CimClass
Set-Alias icim Invoke-CimMethod
Set-Alias ncim New-CimInstance
