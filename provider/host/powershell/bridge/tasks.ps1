# TASKS: long work on files, started, polled and cancelled. A task takes turns in the lanes for tasks, at most two at once, so that a
# small one does not wait behind a large one. Tasks end with this process.

function Start-Tasks($Arguments) {
    ConvertTo-Answers $Arguments.tasks {
        param($item)
        $task = [hashtable]::Synchronized(@{
                item = $item; kind = $item.kind; files = $null; results = $null; next = [Collections.Concurrent.ConcurrentQueue[int]]::new()
                doneBytes = [long]0; cancelled = $false; failure = $null; answer = $null
                # Turns of this task that are waiting or under way; the last one to end answers for the task.
                turns = [Threading.CountdownEvent]::new(1)
            })
        $id = [Guid]::NewGuid().ToString('N')
        $Bridge.Tasks[$id] = $task
        Add-Work 'tasks' $task
        '"' + $id + '"'
    }
}

function Stop-Tasks($Arguments) {
    ConvertTo-Answers $Arguments.ids {
        param($id)
        $task = $null
        if ($Bridge.Tasks.TryGetValue((Get-Text $id), [ref]$task)) { $task.cancelled = $true }
        'null'
    }
}

# How far each task is. Its end is told once; a task that is not known counts as cancelled.
function Get-Tasks($Arguments) {
    ConvertTo-Answers $Arguments.ids {
        param($id)
        $task = $null
        $key = Get-Text $id
        if (-not $Bridge.Tasks.TryGetValue($key, [ref]$task)) { return '{"kind":"cancelled"}' }
        if (-not $task.answer) { return '{"kind":"running","doneBytes":' + $task.doneBytes + '}' }
        [void]$Bridge.Tasks.TryRemove($key, [ref]$task)
        if ($task.failure) { throw $task.failure }
        $task.answer
    }
}
