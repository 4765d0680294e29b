"""Runs one command over WinRM by pywinrm. A task comes as JSON on standard input; the outcome goes as JSON to standard output."""

import json
import sys

from winrm import Session
from winrm.protocol import Protocol

task = json.load(sys.stdin)
options = {
    "transport": {"basic": "basic", "ntlm": "ntlm", "certificate": "certificate"}[task["login"]],
    "username": task["userName"],
    "password": task["password"],
    "ca_trust_path": task.get("caFile"),
    "cert_pem": task.get("certFile"),
    "cert_key_pem": task.get("keyFile"),
    "operation_timeout_sec": task["operationTimeout"],
    "read_timeout_sec": task["operationTimeout"] + 10,
    "message_encryption": "auto" if task["https"] else "always",
}
scheme = "https" if task["https"] else "http"
url = f"{scheme}://{task['host']}:{task['port']}/wsman"


def run():
    if task["isPowerShell"]:
        session = Session(url, auth=(task["userName"], task["password"]), **{key: options[key] for key in options if key not in ("username", "password")})
        answer = session.run_ps(task["command"])
        return answer.std_out, answer.std_err, answer.status_code
    protocol = Protocol(endpoint=url, **options)
    shell = protocol.open_shell()
    try:
        command = protocol.run_command(shell, task["command"])
        if task.get("input") is not None:
            protocol.send_command_input(shell, command, task["input"].encode(), end=True)
        answer = protocol.get_command_output(shell, command)
        protocol.cleanup_command(shell, command)
        return answer
    finally:
        protocol.close_shell(shell)


try:
    stdout, stderr, exit_code = run()
    outcome = {"stdout": stdout.decode(), "stderr": stderr.decode(), "exitCode": exit_code}
except Exception as error:
    outcome = {"stdout": "", "stderr": "", "exitCode": -1, "error": f"{type(error).__name__}: {error}"}
json.dump(outcome, sys.stdout)
