# JOB SUBJECTS: which machine a job is of, and what else it is about, only its association tells, at a query a job.

# Machine by the job's InstanceID, of the jobs that were listed last. A job stays its machine's, and a night's ended jobs are listed for
# minutes: each is asked once, and again only for whoever asks for its machine.
$MachinesOfJobs = @{ points = New-Index; checkpoints = New-Index }

# The jobs that are of these machines, and those that do not tell of which they are, each given to the script block with its subject. Who is
# meant by the second is for the other side to say: it knows what it has started.
function ConvertTo-JobsOfMachines([string]$Kind, $Jobs, $Machines, [scriptblock]$ToJson) {
    $asked = New-Index
    foreach ($machine in $Machines) { $asked[(Get-Text $machine)] = $true }
    $before = $MachinesOfJobs[$Kind]
    $now = New-Index
    foreach ($job in $Jobs) {
        $id = $job.InstanceID
        if ($before.ContainsKey($id)) {
            $now[$id] = $before[$id]
            if (-not $asked.ContainsKey($before[$id])) { continue }
        }
        $subject = Get-JobSubject $job
        if ($subject.machineId) { $now[$id] = $subject.machineId }
        if (-not $subject.machineId -or $asked.ContainsKey($subject.machineId)) { & $ToJson $job $subject }
    }
    $MachinesOfJobs[$Kind] = $now
}

# The machine, the checkpoint while it is there, and the point as soon as it is.
function Get-JobSubject($Job) {
    $subject = @{ machine = $null; checkpoint = $null; point = $null; machineId = $null }
    foreach ($element in @(Get-AffectedElements $Job)) {
        switch ($element.CimSystemProperties.ClassName) {
            'Msvm_ComputerSystem' { $subject.machine = $element }
            'Msvm_VirtualSystemReferencePoint' { $subject.point = $element }
            'Msvm_VirtualSystemSettingData' { if (Test-Checkpoint $element) { $subject.checkpoint = $element } }
        }
    }
    if ($subject.machine) { $subject.machineId = $subject.machine.Name }
    elseif ($subject.checkpoint) { $subject.machineId = $subject.checkpoint.VirtualSystemIdentifier }
    elseif ($subject.point) { $subject.machineId = $subject.point.VirtualSystemIdentifier }
    $subject
}

function Get-AffectedElements($Job) {
    try { Get-CimAssociatedInstance -InputObject $Job -Association Msvm_AffectedJobElement -OperationTimeoutSec $QueryTimeout }
    catch {
        # The job has gone since it was listed.
        if ([int](Get-Value (Get-Cause $_) 'NativeErrorCode') -ne 6) { throw }
    }
}
