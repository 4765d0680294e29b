import { ensurePowerShell, powerShellVariable } from "../powershell/ensure.mjs";
import { ensurePulumi } from "../pulumi-cli/ensure.mjs";
import { pathFor } from "../pulumi-cli/path-for.mjs";
import { build } from "../set-up/build.mjs";

/**
 * Vitest's global set-up, so that a bare "npx vitest run test/engine" finds a fresh dist/ and the CLI as well, and a PowerShell where one
 * can be had. The workers inherit the environment. "npm test" has done all of it and says so in HYPERV_TEST_PREPARED.
 */
export async function setup() {
  const prepared = process.env.HYPERV_TEST_PREPARED === "yes";
  if (!prepared) build();
  const { pulumi, binFolder } = await ensurePulumi();
  process.env.HYPERV_TEST_PULUMI = pulumi;
  process.env.PATH = pathFor(binFolder);
  // As in provider/host/powershell/transports/local.ts: no shell of a test writes the startup profile that kills another.
  process.env.DOTNET_MultiCoreJitMinNumCpus = "400";
  if (prepared) return;
  const powershell = await ensurePowerShell();
  if ("found" in powershell) process.env[powerShellVariable] = powershell.found.powershell;
}
