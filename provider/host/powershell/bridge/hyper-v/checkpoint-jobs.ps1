# CHECKPOINT JOBS: those that make, export, convert and remove checkpoints and merge their disks are listed and polled.

# Msvm_ConcreteJob.JobType, and what it is here. No source says whether a recovery checkpoint is made by a job of type 70 (snapshot) or
# 170 (backup): one of the second is listed, and does what its session remembers.
$CheckpointWorks = @{ 50 = 'merge'; 62 = 'export'; 70 = 'create'; 72 = 'remove'; 170 = $null; 200 = 'convert' }

# The listed ones of these machines, how many there are of all, and the clock that their start goes by.
function Find-CheckpointJobs($Arguments) {
    $now = ConvertTo-IsoTime ([DateTime]::UtcNow)
    $conditions = @(foreach ($type in $CheckpointWorks.Keys) { "JobType=$type" })
    $jobs = @(Get-HyperVInstancesByConditions 'Msvm_ConcreteJob' $conditions)
    if ($jobs.Count -eq 0) { Assert-HyperVVisible }
    $found = @(ConvertTo-JobsOfMachines 'checkpoints' $jobs $Arguments.virtualMachineIds { param($job, $subject) ConvertTo-CheckpointJobJson $job $subject })
    '{"hostTime":"' + $now + '","listed":' + $jobs.Count + ',"jobs":[' + [string]::Join(',', $found) + ']}'
}

# The jobs at these paths; null for one that is not listed (any more).
function Get-CheckpointJobs($Arguments) {
    $ids = @(foreach ($path in $Arguments.paths) { [string](Get-JobId (Get-Text $path)) })
    $jobs = Get-JobsById $ids
    ConvertTo-Answers $ids {
        param($id)
        if ($id -and $jobs.ContainsKey($id)) { ConvertTo-CheckpointJobJson $jobs[$id] (Get-JobSubject $jobs[$id]) } else { 'null' }
    }
}

function ConvertTo-CheckpointJobJson($Job, $Subject) {
    $work = $CheckpointWorks[[int](Get-Value $Job 'JobType')]
    ConvertTo-AsciiJson ((Get-JobFacts $Job) + @{
        work             = $work
        virtualMachineId = $Subject.machineId
        checkpointId     = $(if ($Subject.checkpoint) { $Subject.checkpoint.InstanceID })
        referencePointId = $(if ($Subject.point) { $Subject.point.InstanceID })
        refusals         = @($(if ($work -eq 'create' -and $Subject.machine -and (Test-FailedJob $Job)) { Get-PointRefusals $Subject.machine }))
    })
}
