import { delimiter } from "node:path";
import { ensurePowerShell, powerShellVariable } from "../powershell/ensure.mjs";
import { ensurePulumi } from "../pulumi-cli/ensure.mjs";
import { pathFor } from "../pulumi-cli/path-for.mjs";
import { build } from "../set-up/build.mjs";
import { ensureWinrmPeers } from "../winrm-peers/ensure.mjs";
import { cachedKerberos, ensureKerberos } from "../winrm-peers/kerberos.mjs";

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
  // The package kerberos is an optional peer: the workers, and what they start, find it as a user's program finds its own.
  process.env.NODE_PATH = [cachedKerberos().modules, process.env.NODE_PATH].filter(Boolean).join(delimiter);
  if (prepared) return;
  await ensureWinrmPeers();
  await ensureKerberos();
  const powershell = await ensurePowerShell();
  if ("found" in powershell) process.env[powerShellVariable] = powershell.found.powershell;
}
