// node tools/check-powershell.mjs FILES...: proves that these scripts, joined to one, run on Windows PowerShell 5.1 (.NET Framework 4.6.2).
import { check } from "./check-powershell/check.mjs";
import { parseFiles } from "./check-powershell/parse.mjs";
import { ensurePowerShell } from "./powershell/ensure.mjs";
import { oldestPowerShellVersion } from "./powershell/versions.mjs";
import { compareVersions } from "./set-up/compare-versions.mjs";

/** A PowerShell whose parser knows the syntax that it is to refuse. */
async function newPowerShell() {
  const answer = await ensurePowerShell();
  if ("missing" in answer) throw new Error(answer.missing);
  const { powershell, version } = answer.found;
  if (compareVersions(version, oldestPowerShellVersion) >= 0) return powershell;
  throw new Error(`${powershell} is ${version}; the check needs the parser of PowerShell ${oldestPowerShellVersion} or later. Install it.`);
}

try {
  const paths = process.argv.slice(2);
  if (paths.length === 0) throw new Error("Name the files to check: node tools/check-powershell.mjs FILES...");
  const findings = check(await parseFiles(await newPowerShell(), paths));
  for (const { path, line, column, rule, message } of findings) process.stdout.write(`${path}:${line}:${column}: ${rule}: ${message}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
