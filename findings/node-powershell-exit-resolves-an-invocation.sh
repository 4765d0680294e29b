#!/usr/bin/env bash
# node-powershell 5.0.1 (child-shell 5.0.0): when the shell ends with code 0 in the middle of an invocation, the invocation resolves, as
# if the command had done its work: hadErrors is false, raw is empty and stdout is missing. Nothing tells it from a command without output
# but the missing stdout. A small program plays the shell here: it reads the first line of the command and ends.
# Seen: resolved hadErrors=false raw="" stdout=undefined
set -euo pipefail
unset NODE_POWERSHELL
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf '#!/bin/sh\nread -r line\nexit 0\n' >shell-that-ends
chmod +x shell-that-ends
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-powershell@5.0.1
seen=$(node -e '
  const { PowerShell } = require("node-powershell");
  const shell = new PowerShell({ executable: process.cwd() + "/shell-that-ends" });
  shell.invoke("Remove-Item ./x").then(
    ({ hadErrors, raw, stdout }) => console.log(`resolved hadErrors=${hadErrors} raw=${JSON.stringify(raw)} stdout=${stdout}`),
    (error) => console.log(`rejected ${error.name}`),
  );
')
printf '%s\n' "$seen"
[ "$seen" = 'resolved hadErrors=false raw="" stdout=undefined' ] || { echo "node-powershell 5.0.1 no longer does this" >&2; exit 1; }
