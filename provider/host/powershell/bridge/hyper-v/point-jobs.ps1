# POINT JOBS: those that make and destroy reference points are listed and polled.

# Msvm_ConcreteJob.JobType of them.
$CreatePointJobType = 201
$DestroyPointJobType = 202

# The jobs that make points of these machines and are listed, how many there are of all machines, and the clock that their start goes by.
function Find-PointJobs($Arguments) {
    $now = ConvertTo-IsoTime ([DateTime]::UtcNow)
    $jobs = @(Get-HyperVInstances 'Msvm_ConcreteJob' "JobType=$CreatePointJobType")
    if ($jobs.Count -eq 0) { Assert-HyperVVisible }
    $found = @(ConvertTo-JobsOfMachines 'points' $jobs $Arguments.virtualMachineIds { param($job, $subject) ConvertTo-PointJobJson $job $subject })
    '{"hostTime":"' + $now + '","listed":' + $jobs.Count + ',"jobs":[' + [string]::Join(',', $found) + ']}'
}

# The jobs at these paths; null for one that is not listed (any more).
function Get-PointJobs($Arguments) {
    $ids = @(foreach ($path in $Arguments.paths) { [string](Get-JobId (Get-Text $path)) })
    $jobs = Get-JobsById $ids
    ConvertTo-Answers $ids {
        param($id)
        if ($id -and $jobs.ContainsKey($id)) { ConvertTo-PointJobJson $jobs[$id] (Get-JobSubject $jobs[$id]) } else { 'null' }
    }
}

function ConvertTo-PointJobJson($Job, $Subject) {
    $type = Get-Value $Job 'JobType'
    $refusal = $null
    if ($type -eq $CreatePointJobType -and $Subject.machine -and (Test-FailedJob $Job)) { $refusal = Get-PointRefusal $Subject.machine }
    ConvertTo-AsciiJson ((Get-JobFacts $Job) + @{
        work             = $(if ($type -eq $CreatePointJobType) { 'create' } elseif ($type -eq $DestroyPointJobType) { 'destroy' })
        virtualMachineId = $Subject.machineId
        referencePointId = $(if ($Subject.point) { $Subject.point.InstanceID })
        refusal          = $refusal
    })
}
