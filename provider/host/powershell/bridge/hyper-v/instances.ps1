# INSTANCES: all that one tells, in its own words, for people. Nothing is decided by it.

# What the cmdlets add.
$NotOfTheClass = 'CimClass', 'CimInstanceProperties', 'CimSystemProperties', 'PSComputerName', 'PSShowComputerName'

function Read-Instances($Arguments) {
    ConvertTo-Answers $Arguments.instances {
        param($asked)
        $names = $null
        $found = $(switch -CaseSensitive ($asked.kind) {
                'job' { $id = Get-JobId (Get-Text $asked.path); if ($id) { (Get-JobsById @($id))[$id] } }
                'point' {
                    $machine = ConvertTo-WqlCondition 'VirtualSystemIdentifier' (Get-Text $asked.virtualMachineId)
                    Get-HyperVInstances 'Msvm_VirtualSystemReferencePoint' ((ConvertTo-WqlCondition 'InstanceID' (Get-Text $asked.referencePointId)) + " AND $machine")
                }
                'system' {
                    $names = 'Version', 'BuildNumber', 'OperatingSystemSKU'
                    Get-CimInstance -Namespace 'root/cimv2' -ClassName Win32_OperatingSystem -OperationTimeoutSec $QueryTimeout
                }
            })
        if (-not $found) { return 'null' }
        $properties = @{}
        foreach ($property in $found.PSObject.Properties) {
            if ($NotOfTheClass -contains $property.Name -or ($names -and $names -notcontains $property.Name)) { continue }
            $told = @(foreach ($value in @($property.Value)) {
                    if ($value -is [datetime]) { ConvertTo-IsoTime $value }
                    elseif ($value -is [string] -or $value -is [bool]) { $value }
                    elseif ($value -is [ValueType]) { if ($value -is [TimeSpan]) { $value.ToString() } else { [decimal]$value } }
                })
            if ($told.Count -gt 0) { $properties[$property.Name] = $(if ($property.Value -is [array]) { , $told } else { $told[0] }) }
        }
        ConvertTo-AsciiJson @{ className = $found.CimSystemProperties.ClassName; properties = $properties }
    }
}
