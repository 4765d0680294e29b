#!/usr/bin/env bash
# node-powershell 5.0.1: PowerShell.command makes a hashtable of an object by replacing every ":" and "," of its JSON, also those inside
# texts. So the note "at 10:30, room 4" reaches PowerShell as "at 10=30; room 4". A text that is given directly keeps them.
# Seen: Set-Thing @{"Note"="at 10=30; room 4"}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund node-powershell@5.0.1
seen=$(node -e '
  const { PowerShell } = require("node-powershell");
  console.log(PowerShell.command`Set-Thing ${{ Note: "at 10:30, room 4" }}`);
  console.log(PowerShell.command`Set-Thing ${"at 10:30, room 4"}`);
')
expected='Set-Thing @{"Note"="at 10=30; room 4"}
Set-Thing "at 10:30, room 4"'
printf '%s\n' "$seen"
[ "$seen" = "$expected" ] || { echo "node-powershell 5.0.1 no longer does this" >&2; exit 1; }
