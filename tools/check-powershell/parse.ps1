#requires -Version 7.4
# Writes the syntax tree and the tokens of each file as one line of JSON. Parses only: nothing of the files is run.
using namespace System.Management.Automation.Language
using namespace System.Text.Json
param([Parameter(Mandatory)][string]$ListOfFiles)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

# No rule asks for these.
$leftOut = 'Extent', 'Parent', 'ErrorPosition', 'StaticType', 'StringConstantType', 'Flags', 'Label', 'DefiningKeyword', 'PropertyAttributes', 'MethodAttributes', 'TypeAttributes'
$propertiesOf = @{}
function Get-TreeProperty([type]$Type) {
    $names = @($Type.GetProperties().Name | Where-Object { $_ -notin $leftOut } | Select-Object -Unique)
    if ($Type -eq [ConstantExpressionAst]) { $names += 'StaticType' }
    $propertiesOf[$Type] = [string[]]$names
    , $propertiesOf[$Type]
}

function Write-Extent([Utf8JsonWriter]$Writer, $Extent) {
    $Writer.WriteStartArray('at')
    foreach ($number in $Extent.StartLineNumber, $Extent.StartColumnNumber, $Extent.EndLineNumber) { $Writer.WriteNumberValue([int]$number) }
    $Writer.WriteEndArray()
}

function Write-TypeName([Utf8JsonWriter]$Writer, $TypeName) {
    $Writer.WriteStartObject()
    $Writer.WriteString('name', $TypeName.Name)
    if ($TypeName -is [ArrayTypeName]) { $Writer.WritePropertyName('element'); Write-TypeName $Writer $TypeName.ElementType }
    elseif ($TypeName -is [GenericTypeName]) {
        $Writer.WriteString('generic', $TypeName.TypeName.Name)
        $Writer.WriteStartArray('arguments')
        foreach ($argument in $TypeName.GenericArguments) { Write-TypeName $Writer $argument }
        $Writer.WriteEndArray()
    }
    $Writer.WriteEndObject()
}

function Write-Value([Utf8JsonWriter]$Writer, $Value, $IdOf) {
    if ($null -eq $Value) { $Writer.WriteNullValue() }
    elseif ($Value -is [Ast]) { $Writer.WriteStartObject(); $Writer.WriteNumber('node', $IdOf[$Value]); $Writer.WriteEndObject() }
    elseif ($Value -is [string]) { $Writer.WriteStringValue($Value) }
    elseif ($Value -is [bool]) { $Writer.WriteBooleanValue($Value) }
    elseif ($Value -is [type]) { $Writer.WriteStringValue($Value.FullName) }
    elseif ($Value -is [ITypeName]) { Write-TypeName $Writer $Value }
    elseif ($Value -is [System.Management.Automation.VariablePath]) { $Writer.WriteStringValue($Value.UserPath) }
    elseif ($Value -is [ScriptRequirements]) { $Writer.WriteStringValue("$($Value.RequiredPSVersion)") }
    elseif ($Value -is [System.Runtime.CompilerServices.ITuple]) { Write-List $Writer @(for ($i = 0; $i -lt $Value.Length; $i++) { $Value[$i] }) $IdOf }
    elseif ($Value -is [System.Collections.IEnumerable]) { Write-List $Writer $Value $IdOf }
    else { $Writer.WriteStringValue("$Value") }
}

function Write-List([Utf8JsonWriter]$Writer, $Items, $IdOf) {
    $Writer.WriteStartArray()
    foreach ($item in $Items) { Write-Value $Writer $item $IdOf }
    $Writer.WriteEndArray()
}

function Write-Node([Utf8JsonWriter]$Writer, [Ast]$Node, $IdOf) {
    $Writer.WriteStartObject()
    $Writer.WriteString('kind', $Node.GetType().Name)
    if ($null -ne $Node.Parent) { $Writer.WriteNumber('parent', $IdOf[$Node.Parent]) }
    Write-Extent $Writer $Node.Extent
    foreach ($name in $propertiesOf[$Node.GetType()] ?? (Get-TreeProperty $Node.GetType())) {
        $value = $Node.$name
        if ($null -ne $value) { $Writer.WritePropertyName($name); Write-Value $Writer $value $IdOf }
    }
    $Writer.WriteEndObject()
}

function Write-File([Utf8JsonWriter]$Writer, [string]$Path) {
    $tokens = $null; $errors = $null
    $tree = [Parser]::ParseFile($Path, [ref]$tokens, [ref]$errors)
    $nodes = @($tree.FindAll({ $true }, $true))
    $idOf = [System.Collections.Generic.Dictionary[object, int]]::new()
    foreach ($node in $nodes) { $idOf[$node] = $idOf.Count }

    $Writer.WriteStartObject()
    $Writer.WriteStartArray('errors')
    foreach ($problem in $errors) {
        $Writer.WriteStartObject(); Write-Extent $Writer $problem.Extent; $Writer.WriteString('message', $problem.Message); $Writer.WriteEndObject()
    }
    $Writer.WriteEndArray()
    $Writer.WriteStartArray('nodes')
    foreach ($node in $nodes) { Write-Node $Writer $node $idOf }
    $Writer.WriteEndArray()
    $Writer.WriteStartArray('tokens')
    foreach ($token in $tokens) {
        $Writer.WriteStartObject()
        $Writer.WriteString('kind', $token.Kind.ToString()); $Writer.WriteString('text', $token.Text); Write-Extent $Writer $token.Extent
        $Writer.WriteEndObject()
    }
    $Writer.WriteEndArray()
    $Writer.WriteEndObject()
}

$output = [Console]::OpenStandardOutput()
foreach ($path in [System.IO.File]::ReadAllLines($ListOfFiles)) {
    $writer = [Utf8JsonWriter]::new($output)
    Write-File $writer $path
    $writer.Flush()
    $output.WriteByte(10)
}
$output.Flush()
