import { oldestPowerShellVersion, windowsPowerShellVersion } from "../powershell/versions.mjs";
import { compareVersions } from "../set-up/compare-versions.mjs";

/** The test files that start a real PowerShell, by how their paths begin, and the oldest one that will do. */
const needPowerShell = [
  { prefix: "test/powershell/", oldest: windowsPowerShellVersion },
  { prefix: "test/command-line/powershell", oldest: windowsPowerShellVersion },
  { prefix: "test/contract/powershell", oldest: windowsPowerShellVersion },
  { prefix: "test/engine/real-hosts", oldest: windowsPowerShellVersion },
  { prefix: "test/kills/powershell", oldest: windowsPowerShellVersion },
  { prefix: "test/troubles/powershell", oldest: windowsPowerShellVersion },
  { prefix: "test/system/powershell", oldest: windowsPowerShellVersion },
  { prefix: "test/winrm/captured-line", oldest: windowsPowerShellVersion },
  { prefix: "test/winrm/peers", oldest: windowsPowerShellVersion },
  { prefix: "test/winrm/server", oldest: windowsPowerShellVersion },
  { prefix: "test/wmi/", oldest: windowsPowerShellVersion },
  { prefix: "test/check-powershell/", oldest: oldestPowerShellVersion },
];

/**
 * Which test files cannot run on this machine.
 * @param {string[]} files  relative to the repository, with slashes
 * @param {string | undefined} version  of the PowerShell that was found
 */
export function leftOut(files, version) {
  const cannotRun = (file) => needPowerShell.some(({ prefix, oldest }) => file.startsWith(prefix) && !reaches(version, oldest));
  return files.filter(cannotRun).sort();
}

function reaches(version, oldest) {
  return version !== undefined && compareVersions(version, oldest) >= 0;
}

/**
 * What the end of a run says about them, and whether the run fails for it: where nobody reads the text, a suite that silently stays
 * out would look like one that passed.
 * @param {string[]} files
 * @param {string} why  what was tried and what to install
 * @param {NodeJS.ProcessEnv} environment
 */
export function aboutLeftOut(files, why, environment) {
  if (files.length === 0) return { text: "", fails: false };
  const fails = environment.CI === "true";
  const verdict = fails ? "With CI=true that is a failure." : "Everything else ran.";
  return { text: [`\nNOT RUN, ${files.length} test files:`, ...files.map((file) => `  ${file}`), why, verdict, ""].join("\n"), fails };
}
