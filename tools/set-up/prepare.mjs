import { ensurePowerShell } from "../powershell/ensure.mjs";
import { ensurePulumi } from "../pulumi-cli/ensure.mjs";
import { ensureWinrmPeers } from "../winrm-peers/ensure.mjs";
import { ensureKerberos } from "../winrm-peers/kerberos.mjs";
import { ensureMasterzen } from "../winrm-peers/masterzen.mjs";
import { build } from "./build.mjs";
import { installDependencies } from "./install.mjs";

/**
 * Everything that must be there before the real CLI can run this package: dependencies, dist/, the CLI.
 * @param {(text: string) => void} say
 * @returns {Promise<import("../pulumi-cli/installation.mjs").Installation>}
 */
export async function prepare(say) {
  installDependencies(say);
  say("Building");
  if (!build()) throw new Error("The build failed: correct what the compiler names above.");
  const cli = await ensurePulumi({ say });
  say(`Pulumi CLI ${cli.version}: ${cli.pulumi}`);
  return cli;
}

/**
 * The PowerShell of the tests. Its absence is an answer, not an error: most tests need none.
 * @param {(text: string) => void} say
 */
export async function preparePowerShell(say) {
  const answer = await ensurePowerShell({ say });
  if ("found" in answer) say(`PowerShell ${answer.found.version}: ${answer.found.powershell}`);
  return answer;
}

/**
 * Other people's WinRM and Kerberos. Without them their suites say so, and fail under CI.
 * @param {(text: string) => void} say
 */
export async function prepareWinrmPeers(say) {
  // Its suites are left out on Windows, where nobody has to wait for a build.
  const masterzen = process.platform === "win32" ? [] : [await ensureMasterzen({ say })];
  for (const answer of [await ensureWinrmPeers({ say }), await ensureKerberos({ say }), ...masterzen]) {
    if ("missing" in answer) say(answer.missing);
  }
}
