# POINT JOBS: those that make and destroy reference points are listed and polled.

# Msvm_ConcreteJob.JobType of them.
$CreatePointJobType = 201
$DestroyPointJobType = 202

# All jobs that make points and are listed. Which of them are of a machine is for the other side to say: it knows what it has started.
function Find-PointJobs {
    $jobs = @(Get-HyperVInstances 'Msvm_ConcreteJob' "JobType=$CreatePointJobType")
    if ($jobs.Count -eq 0) { Assert-HyperVVisible }
    '[' + [string]::Join(',', @(foreach ($job in $jobs) { ConvertTo-PointJobJson $job })) + ']'
}

# The jobs at these paths; null for one that is not listed (any more).
function Get-PointJobs($Arguments) {
    $ids = @(foreach ($path in $Arguments.paths) { [string](Get-JobId (Get-Text $path)) })
    $jobs = Get-JobsById $ids
    ConvertTo-Answers $ids {
        param($id)
        if ($id -and $jobs.ContainsKey($id)) { ConvertTo-PointJobJson $jobs[$id] } else { 'null' }
    }
}

# What a job is about, its association tells: the machine, and the point as soon as it is there.
function ConvertTo-PointJobJson($Job) {
    $machine = $null
    $point = $null
    foreach ($element in @(Get-AffectedElements $Job)) {
        switch ($element.CimSystemProperties.ClassName) {
            'Msvm_ComputerSystem' { $machine = $element }
            'Msvm_VirtualSystemReferencePoint' { $point = $element }
        }
    }
    $type = Get-Value $Job 'JobType'
    $refusal = $null
    if ($type -eq $CreatePointJobType -and $machine -and (Test-FailedJob $Job)) { $refusal = Get-PointRefusal $machine }
    ConvertTo-AsciiJson ((Get-JobFacts $Job) + @{
        work             = $(if ($type -eq $CreatePointJobType) { 'create' } elseif ($type -eq $DestroyPointJobType) { 'destroy' })
        virtualMachineId = $(if ($machine) { $machine.Name } elseif ($point) { $point.VirtualSystemIdentifier })
        referencePointId = $(if ($point) { $point.InstanceID })
        refusal          = $refusal
    })
}

function Get-AffectedElements($Job) {
    try { Get-CimAssociatedInstance -InputObject $Job -Association Msvm_AffectedJobElement -OperationTimeoutSec $QueryTimeout }
    catch {
        # The job has gone since it was listed.
        if ([int](Get-Value (Get-Cause $_) 'NativeErrorCode') -ne 6) { throw }
    }
}
