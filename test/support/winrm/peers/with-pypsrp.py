"""Runs one command over WinRM by pypsrp. A task comes as JSON on standard input; the outcome goes as JSON to standard output."""

import json
import sys

from pypsrp.shell import Process, SignalCode, WinRS
from pypsrp.wsman import WSMan

POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"

task = json.load(sys.stdin)
server = WSMan(
    task["host"],
    port=task["port"],
    ssl=task["https"],
    auth=task["login"],
    username=task["userName"],
    password=task["password"],
    operation_timeout=task["operationTimeout"],
    read_timeout=task["operationTimeout"] + 10,
    encryption="auto" if task["https"] else "always",
    cert_validation=task.get("caFile") or True,
    certificate_pem=task.get("certFile"),
    certificate_key_pem=task.get("keyFile"),
)


def run():
    with server, WinRS(server) as shell:
        if task["isPowerShell"]:
            # Without cmd.exe, by the full path, as recorded from a real host.
            process = Process(shell, POWERSHELL, ["-NoProfile", "-NonInteractive", "-Command", task["command"]], no_shell=True)
        else:
            process = Process(shell, task["command"])
        process.begin_invoke()
        if task.get("input") is not None:
            # In two pieces, and what the first one brings is waited for.
            half = len(task["input"]) // 2
            process.send(task["input"][:half].encode(), end=False)
            process.poll_invoke()
            process.send(task["input"][half:].encode(), end=True)
        process.end_invoke()
        process.signal(SignalCode.CTRL_C)
        return process.stdout, process.stderr, process.rc


try:
    stdout, stderr, exit_code = run()
    outcome = {"stdout": stdout.decode(), "stderr": stderr.decode(), "exitCode": exit_code}
except Exception as error:
    outcome = {"stdout": "", "stderr": "", "exitCode": -1, "error": f"{type(error).__name__}: {error}"}
json.dump(outcome, sys.stdout)
