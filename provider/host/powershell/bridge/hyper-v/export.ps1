# EXPORT: ExportReferencePoint is called, with its argument as embedded-instance text.

function Export-ReferencePoints($Arguments) {
    $service = Get-ReferencePointService
    $points = New-Index
    $conditions = @(foreach ($request in $Arguments.requests) { ConvertTo-WqlCondition 'InstanceID' (Get-Text $request.referencePointId) })
    foreach ($point in Get-HyperVInstancesByConditions 'Msvm_VirtualSystemReferencePoint' $conditions) {
        $points[$point.InstanceID + '|' + $point.VirtualSystemIdentifier] = $point
    }
    ConvertTo-Answers $Arguments.requests {
        param($request)
        $machine = Get-Text $request.virtualMachineId
        $id = Get-Text $request.referencePointId
        $point = $points["$id|$machine"]
        if (-not $point) {
            Assert-HyperVVisible
            throw (New-Failure 'invalidParameter' "The machine has no reference point $id.")
        }
        $settings = @{}
        if ($request.baseReferencePointId) {
            $base = [ordered]@{ InstanceID = Get-Text $request.baseReferencePointId; VirtualSystemIdentifier = $point.VirtualSystemIdentifier }
            $settings.BaseReferencePoint = Get-InstancePath $point $base
        }
        $disks = [string[]]@(foreach ($disk in $request.disksToExport) { Get-Text $disk })
        if ($disks.Count -gt 0) { $settings.DisksToExport = $disks }
        # Exact types, and the point itself: what does not fit is made null without a word.
        $parameters = @{
            ReferencePoint    = $point
            ExportDirectory   = [string](Get-Text $request.exportDirectory)
            ExportSettingData = [string](ConvertTo-EmbeddedInstance 'Msvm_VirtualSystemReferencePointExportSettingData' $settings)
        }
        Assert-Unchanged $request.onlyIf
        $result = Invoke-HyperVMethod $service 'ExportReferencePoint' $parameters
        $job = Get-StartedJob $result "ExportReferencePoint of $id"
        if ($job) { ConvertTo-AsciiJson @{ kind = 'job'; path = $job } } else { '{"kind":"completed"}' }
    }
}

# Calls a method on an instance: called on a class name, the cmdlet would guess the types of the arguments.
function Invoke-HyperVMethod($Instance, [string]$Name, [hashtable]$Parameters) {
    Assert-Wanted
    try { Invoke-CimMethod -InputObject $Instance -MethodName $Name -Arguments $Parameters -OperationTimeoutSec $MethodTimeout }
    catch {
        # Past this point nobody can tell from an error alone whether the method ran.
        $cause = Get-Cause $_
        $cause.Data['called'] = $true
        throw
    }
}

# The path of the job that a method has started; nothing where it has done all its work. Any other return code is an error.
function Get-StartedJob($Result, [string]$What) {
    if ($Result.ReturnValue -eq 0) { return }
    if ($Result.ReturnValue -ne 4096) { throw (New-ReturnCodeFailure $Result.ReturnValue $What) }
    $job = Get-Value $Result 'Job'
    # A job was started and its name was lost on the way: whoever asks again must look for it first.
    if (-not $job) { throw (New-Failure 'connectionLost' 'Hyper-V started a job and did not name it.') }
    Get-InstancePath $job ([ordered]@{ InstanceID = $job.InstanceID })
}

function New-ReturnCodeFailure([uint32]$Code, [string]$What) {
    $failure = New-Failure 'failed' "$What returned $Code."
    $failure.Data['returnCode'] = $Code
    $failure
}

# An instance as text inside a method's argument: the XML of WMI's DTD 2.0. Values are texts, lists of texts, whole numbers, or booleans.
function ConvertTo-EmbeddedInstance([string]$ClassName, [hashtable]$Properties) {
    $text = [Text.StringBuilder]::new()
    [void]$text.Append("<INSTANCE CLASSNAME=`"$ClassName`">")
    foreach ($name in $Properties.Keys) {
        $value = $Properties[$name]
        if ($value -is [array]) {
            [void]$text.Append("<PROPERTY.ARRAY NAME=`"$name`" TYPE=`"string`"><VALUE.ARRAY>")
            foreach ($one in $value) { [void]$text.Append('<VALUE>').Append((ConvertTo-XmlText $one)).Append('</VALUE>') }
            [void]$text.Append('</VALUE.ARRAY></PROPERTY.ARRAY>')
        }
        else {
            $type = switch ($value.GetType().Name) { 'Byte' { 'uint8' } 'UInt16' { 'uint16' } 'UInt64' { 'uint64' } 'Boolean' { 'boolean' } default { 'string' } }
            if ($value -is [bool]) { $value = $(if ($value) { 'TRUE' } else { 'FALSE' }) }
            [void]$text.Append("<PROPERTY NAME=`"$name`" TYPE=`"$type`"><VALUE>").Append((ConvertTo-XmlText $value)).Append('</VALUE></PROPERTY>')
        }
    }
    $text.Append('</INSTANCE>').ToString()
}

function ConvertTo-XmlText([string]$Text) {
    if ($Text -cmatch '[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]') {
        throw (New-Failure 'invalidParameter' 'A value holds a character that XML cannot carry.')
    }
    # A parser makes plain line ends of these two, and spaces of all three in places.
    $Text.Replace('&', '&amp;').Replace('<', '&lt;').Replace('>', '&gt;').Replace("`r", '&#13;').Replace("`n", '&#10;').Replace("`t", '&#9;')
}

# The WMI path of an instance of this host: \\SERVER\root\virtualization\v2:Class.Key="value",...
function Get-InstancePath($Instance, $Keys) {
    $system = $Instance.CimSystemProperties
    $server = $system.ServerName
    # A reference that a method returns names no server; the path of an instance must be the same however it was come by.
    if (-not $server) { $server = (Get-ReferencePointService).CimSystemProperties.ServerName }
    if (-not $server) { $server = [Environment]::MachineName }
    $pairs = foreach ($key in $Keys.Keys) { $key + '="' + ([string]$Keys[$key]).Replace('\', '\\').Replace('"', '\"') + '"' }
    '\\' + $server + '\' + $HyperVNamespace.Replace('/', '\') + ':' + $system.ClassName + '.' + [string]::Join(',', @($pairs))
}
