# Between .NET values and what the server is sent and answers.
$script:cimTypes = @{
  Byte = 'uint8'; SByte = 'sint8'; UInt16 = 'uint16'; Int16 = 'sint16'; UInt32 = 'uint32'; Int32 = 'sint32'; UInt64 = 'uint64'; Int64 = 'sint64'
  Single = 'real32'; Double = 'real64'; Boolean = 'boolean'; String = 'string'; DateTime = 'datetime'; TimeSpan = 'interval'; Object = 'object'
}
$script:cimTypeName = 'Microsoft.Management.Infrastructure.CimInstance'

function Get-DefaultNamespace($namespace) { if ($namespace) { $namespace } else { 'root/cimv2' } }

function ConvertTo-Sent($value) {
  if ($null -eq $value) { return @{ type = 'none'; array = $false } }
  if ($value -is [System.Management.Automation.PSReference]) { $inner = ConvertTo-Sent $value.Value; return @{ type = 'reference'; array = $false; value = $inner.value } }
  if ($value.PSObject.TypeNames -contains $script:cimTypeName) { return @{ type = 'instance'; array = $false; value = ConvertTo-Target $value } }
  $value = $value.PSObject.BaseObject
  if ($value -is [array]) {
    $type = $script:cimTypes[$value.GetType().GetElementType().Name]
    if (-not $type) { $type = 'other' }
    return @{ type = $type; array = $true; value = @(foreach ($item in $value) { ConvertTo-SentScalar $item }) }
  }
  $type = $script:cimTypes[$value.GetType().Name]
  if (-not $type) { return @{ type = 'other'; array = $false; value = $value.GetType().FullName } }
  @{ type = $type; array = $false; value = ConvertTo-SentScalar $value }
}

function ConvertTo-SentScalar($value) {
  if ($null -eq $value) { return $null }
  $value = $value.PSObject.BaseObject
  if ($value -is [datetime]) { return $value.ToUniversalTime().ToString('o', [cultureinfo]::InvariantCulture) }
  if ($value -is [timespan]) { return $value.TotalMilliseconds }
  if ($value -is [string] -or $value -is [bool]) { return $value }
  # A 64-bit number as JSON would lose digits on the other side.
  [System.Convert]::ToString($value, [cultureinfo]::InvariantCulture)
}

function ConvertTo-SentTable($table) {
  $sent = @{}
  if ($table) { foreach ($name in $table.Keys) { $sent["$name"] = ConvertTo-Sent $table[$name] } }
  $sent
}

# An instance as the server knows it again: class and those of its keys that it has.
function ConvertTo-Target($instance) {
  $system = $instance.CimSystemProperties
  $keys = @{}
  foreach ($name in $system.Keys) {
    $member = $instance.PSObject.Properties[$name]
    if ($null -ne $member -and $null -ne $member.Value) { $keys[$name] = ConvertTo-Sent $member.Value }
  }
  @{ className = $system.ClassName; namespace = $system.Namespace; keys = $keys }
}

# Keys is the stand-in's own: a real instance carries its class, which knows them.
function New-SystemProperties($class, $namespace, $server, $keys) {
  [pscustomobject]@{ Namespace = $namespace; ServerName = $server; ClassName = $class; Path = $null; Keys = $keys }
}

function Set-CimTypeName($object, $class, $namespace) {
  $names = $object.PSObject.TypeNames
  $names.Insert(0, $script:cimTypeName)
  $names.Insert(0, "$script:cimTypeName#$class")
  $names.Insert(0, "$script:cimTypeName#$namespace/$class")
}

function ConvertTo-TypedArray($type, $items) {
  switch ($type) {
    'uint8' { return , [byte[]]$items }
    'uint16' { return , [uint16[]]$items }
    'uint32' { return , [uint32[]]$items }
    'uint64' { return , [uint64[]]$items }
    'boolean' { return , [bool[]]$items }
    'datetime' { return , [datetime[]]$items }
    default { return , [string[]]$items }
  }
}

function ConvertFrom-Reference($reference, $server) {
  $instance = $reference.keys
  $keys = @(foreach ($member in $instance.PSObject.Properties) { $member.Name })
  $system = New-SystemProperties $reference.class $reference.namespace $server $keys
  $instance.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('CimSystemProperties', $system))
  Set-CimTypeName $instance $reference.class $reference.namespace
  $instance
}

function Repair-Values($object, $arrays, $references, $server) {
  for ($i = 0; $i -lt $arrays.Count; $i += 2) {
    $member = $object.PSObject.Properties[$arrays[$i]]
    if ($null -ne $member.Value) { $member.Value = ConvertTo-TypedArray $arrays[$i + 1] $member.Value }
  }
  foreach ($name in $references) {
    $member = $object.PSObject.Properties[$name]
    if ($member.Value -is [System.Collections.IList]) { $member.Value = @(foreach ($one in $member.Value) { ConvertFrom-Reference $one $server }) }
    elseif ($null -ne $member.Value) { $member.Value = ConvertFrom-Reference $member.Value $server }
  }
}

# Once for each row of each answer: no function is called here that need not be.
function ConvertFrom-Group($group) {
  $system = New-SystemProperties $group.class $group.namespace $group.server $group.keys
  $systemMember = [System.Management.Automation.PSNoteProperty]::new('CimSystemProperties', $system)
  $fullName = "$script:cimTypeName#$($group.namespace)/$($group.class)"
  $shortName = "$script:cimTypeName#$($group.class)"
  $repair = $group.arrays.Count -gt 0 -or $group.references.Count -gt 0
  foreach ($instance in $group.rows) {
    if ($repair) { Repair-Values $instance $group.arrays $group.references $group.server }
    $shell = $instance.PSObject
    $shell.Properties.Add($systemMember)
    $names = $shell.TypeNames
    $names.Insert(0, $script:cimTypeName)
    $names.Insert(0, $shortName)
    $names.Insert(0, $fullName)
    $instance
  }
}

function ConvertFrom-Result($answer) {
  $result = $answer.result
  Repair-Values $result $answer.arrays $answer.references $answer.server
  $result.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('PSComputerName', $null))
  $result.PSObject.TypeNames.Insert(0, 'Microsoft.Management.Infrastructure.CimMethodResult')
  $result.PSObject.TypeNames.Insert(0, "Microsoft.Management.Infrastructure.CimMethodResult#$($answer.class)#$($answer.method)")
  $result
}

function ConvertFrom-Class($answer) {
  $class = [pscustomobject]@{
    CimSuperClassName = $answer.superclass; CimClassName = $answer.class; CimClassProperties = $answer.properties.ToArray(); CimClassMethods = $answer.methods.ToArray()
    CimSystemProperties = New-SystemProperties $answer.class $answer.namespace $answer.server $answer.keys
  }
  $class.PSTypeNames.Insert(0, 'Microsoft.Management.Infrastructure.CimClass')
  $class
}

function New-ClientInstance($class, $namespace, $keys, $property) {
  $instance = New-Object psobject
  if ($property) { foreach ($name in $property.Keys) { $instance.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new("$name", $property[$name])) } }
  $system = New-SystemProperties $class $namespace $null @(if ($keys) { $keys })
  $instance.PSObject.Properties.Add([System.Management.Automation.PSNoteProperty]::new('CimSystemProperties', $system))
  Set-CimTypeName $instance $class $namespace
  $instance
}

# Members that are made when somebody asks for them: most callers never do.
Update-TypeData -TypeName $script:cimTypeName -MemberType ScriptProperty -MemberName CimInstanceProperties -Force -Value {
  $found = [ordered]@{}
  foreach ($member in $this.PSObject.Properties) {
    if ($member.MemberType -eq 'NoteProperty' -and $member.Name -notin 'CimSystemProperties', 'PSComputerName') {
      $found[$member.Name] = [pscustomobject]@{ Name = $member.Name; Value = $member.Value; CimType = if ($null -eq $member.Value) { $null } else { $member.Value.GetType().Name.Replace('[]', 'Array') } }
    }
  }
  $found
}
Update-TypeData -TypeName $script:cimTypeName -MemberType ScriptProperty -MemberName CimClass -Force -Value {
  Get-CimClass -ClassName $this.CimSystemProperties.ClassName -Namespace $this.CimSystemProperties.Namespace
}
