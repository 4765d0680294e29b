#requires -Version 7.4
# Writes the syntax tree and the tokens of each file as one line of JSON. Parses only: nothing of the files is run.
param([Parameter(Mandatory)][string]$ListOfFiles)
Set-StrictMode -Version 3
$ErrorActionPreference = 'Stop'

$propertiesOf = @{}
function Get-TreeProperty([type]$type) {
    if (-not $propertiesOf.ContainsKey($type)) {
        # Named by the base class's own type first and by the derived one last, such as Value of StringConstantExpressionAst.
        $names = $type.GetProperties().Name | Where-Object { $_ -notin 'Extent', 'Parent', 'ErrorPosition' } | Select-Object -Unique
        $propertiesOf[$type] = [string[]]@($names)
    }
    , $propertiesOf[$type]
}

function Write-Extent([System.Text.Json.Utf8JsonWriter]$writer, $extent) {
    $writer.WriteStartArray('at')
    foreach ($number in $extent.StartLineNumber, $extent.StartColumnNumber, $extent.EndLineNumber) { $writer.WriteNumberValue([int]$number) }
    $writer.WriteEndArray()
}

function Write-TypeName([System.Text.Json.Utf8JsonWriter]$writer, $typeName) {
    $writer.WriteStartObject()
    $writer.WriteString('name', $typeName.Name)
    if ($typeName -is [System.Management.Automation.Language.ArrayTypeName]) {
        $writer.WriteNumber('rank', [int]$typeName.Rank)
        $writer.WritePropertyName('element'); Write-TypeName $writer $typeName.ElementType
    }
    elseif ($typeName -is [System.Management.Automation.Language.GenericTypeName]) {
        $writer.WriteString('generic', $typeName.TypeName.Name)
        $writer.WriteStartArray('arguments'); foreach ($argument in $typeName.GenericArguments) { Write-TypeName $writer $argument }; $writer.WriteEndArray()
    }
    $writer.WriteEndObject()
}

function Write-Value([System.Text.Json.Utf8JsonWriter]$writer, $value, $idOf) {
    if ($value -is [System.Management.Automation.Language.Ast]) { $writer.WriteStartObject(); $writer.WriteNumber('node', $idOf[$value]); $writer.WriteEndObject() }
    elseif ($value -is [bool]) { $writer.WriteBooleanValue($value) }
    elseif ($value -is [System.Management.Automation.Language.ITypeName]) { Write-TypeName $writer $value }
    elseif ($value -is [System.Management.Automation.VariablePath]) { $writer.WriteStringValue($value.UserPath) }
    elseif ($value -is [System.Management.Automation.Language.ScriptRequirements]) { $writer.WriteStringValue("$($value.RequiredPSVersion)") }
    elseif ($value -is [string] -or $value -isnot [System.Collections.IEnumerable] -and $value -isnot [System.Runtime.CompilerServices.ITuple]) { $writer.WriteStringValue("$value") }
    else {
        $writer.WriteStartArray()
        if ($value -is [System.Runtime.CompilerServices.ITuple]) { $items = 0..($value.Length - 1) | ForEach-Object { , $value[$_] } } else { $items = $value }
        foreach ($item in $items) { if ($null -eq $item) { $writer.WriteNullValue() } else { Write-Value $writer $item $idOf } }
        $writer.WriteEndArray()
    }
}

function Write-File([System.Text.Json.Utf8JsonWriter]$writer, [string]$path) {
    $tokens = $null; $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($path, [ref]$tokens, [ref]$errors)
    $nodes = @($tree.FindAll({ $true }, $true))
    $idOf = [System.Collections.Generic.Dictionary[object, int]]::new()
    foreach ($node in $nodes) { $idOf[$node] = $idOf.Count }

    $writer.WriteStartObject()
    $writer.WriteStartArray('errors')
    foreach ($problem in $errors) { $writer.WriteStartObject(); Write-Extent $writer $problem.Extent; $writer.WriteString('message', $problem.Message); $writer.WriteEndObject() }
    $writer.WriteEndArray()
    $writer.WriteStartArray('nodes')
    foreach ($node in $nodes) {
        $type = $node.GetType()
        $writer.WriteStartObject()
        $writer.WriteString('kind', $type.Name)
        if ($null -ne $node.Parent) { $writer.WriteNumber('parent', $idOf[$node.Parent]) }
        $extent = $node.Extent
        $writer.WriteStartArray('at'); $writer.WriteNumberValue($extent.StartLineNumber); $writer.WriteNumberValue($extent.StartColumnNumber); $writer.WriteNumberValue($extent.EndLineNumber); $writer.WriteEndArray()
        foreach ($name in $propertiesOf[$type] ?? (Get-TreeProperty $type)) {
            $value = $node.$name
            if ($null -eq $value) { continue }
            $writer.WritePropertyName($name)
            if ($value -is [System.Management.Automation.Language.Ast]) { $writer.WriteStartObject(); $writer.WriteNumber('node', $idOf[$value]); $writer.WriteEndObject() }
            elseif ($value -is [string]) { $writer.WriteStringValue($value) }
            elseif ($value -is [type]) { $writer.WriteStringValue($value.FullName) }
            else { Write-Value $writer $value $idOf }
        }
        $writer.WriteEndObject()
    }
    $writer.WriteEndArray()
    $writer.WriteStartArray('tokens')
    foreach ($token in $tokens) {
        $writer.WriteStartObject()
        $writer.WriteString('kind', $token.Kind.ToString()); $writer.WriteString('text', $token.Text); Write-Extent $writer $token.Extent
        $writer.WriteEndObject()
    }
    $writer.WriteEndArray()
    $writer.WriteEndObject()
}

$output = [Console]::OpenStandardOutput()
foreach ($path in [System.IO.File]::ReadAllLines($ListOfFiles)) {
    $writer = [System.Text.Json.Utf8JsonWriter]::new($output)
    Write-File $writer $path
    $writer.Flush()
    $output.WriteByte(10)
}
$output.Flush()
