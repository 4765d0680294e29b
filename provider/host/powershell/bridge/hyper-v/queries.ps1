# HYPER-V: virtual machines, reference points and export jobs, through the CIM cmdlets and root/virtualization/v2 of this machine. Here:
# how it is asked, and the values that its classes have.
# Nothing here decides by a text of the system: hosts speak many languages. Nothing derives an order of points: they carry no time.

$HyperVNamespace = 'root/virtualization/v2'
$QueryTimeout = 60
$MethodTimeout = 120
$IdsPerQuery = 50

function Get-HyperVInstances([string]$ClassName, [string]$Filter) {
    $parameters = @{ Namespace = $HyperVNamespace; ClassName = $ClassName; OperationTimeoutSec = $QueryTimeout }
    if ($Filter) { $parameters.Filter = $Filter }
    Get-CimInstance @parameters
}

# Instances that meet any of the conditions, asked for in queries of a bounded length.
function Get-HyperVInstancesByConditions([string]$ClassName, [string[]]$Conditions) {
    for ($from = 0; $from -lt $Conditions.Count; $from += $IdsPerQuery) {
        $to = [Math]::Min($from + $IdsPerQuery, $Conditions.Count) - 1
        Get-HyperVInstances $ClassName ([string]::Join(' OR ', [string[]]$Conditions[$from..$to]))
    }
}

function ConvertTo-WqlCondition([string]$Property, [string]$Value) {
    "$Property='" + $Value.Replace('\', '\\').Replace("'", "\'") + "'"
}

# Paths with the last name of this one: the same directory may be written in several ways. The other side compares them as a whole.
function ConvertTo-WqlLeafCondition([string]$Property, [string]$Path) {
    $leaf = @($Path.Split([char[]]'\/', [StringSplitOptions]::RemoveEmptyEntries))[-1]
    $pattern = ([string]$leaf).Replace('[', '[[]').Replace('%', '[%]').Replace('_', '[_]').Replace("'", "\'")
    "$Property LIKE '%$pattern%'"
}

# The value of a property; nothing where this build of Windows has no such property.
function Get-Value($Instance, [string]$Name) {
    $property = $Instance.PSObject.Properties[$Name]
    if ($property) { $property.Value }
}

function ConvertTo-IsoTime([datetime]$Time) {
    $Time.ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', [Globalization.CultureInfo]::InvariantCulture)
}

function ConvertTo-Guid([string]$Text) {
    $guid = [Guid]::Empty
    if ([Guid]::TryParse($Text, [ref]$guid)) { $guid.ToString('D').ToUpperInvariant() }
}

function New-Index { , [Collections.Generic.Dictionary[string, object]]::new([StringComparer]::OrdinalIgnoreCase) }
