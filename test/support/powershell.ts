import { spawnSync } from "node:child_process";
import { describe } from "vitest";

/** Path of the PowerShell that the tests run: named by HYPERV_TEST_POWERSHELL, else found on PATH; undefined where there is none. */
export const testPowerShell: string | undefined = process.env.HYPERV_TEST_POWERSHELL || onPath();

/** A suite that needs a real PowerShell. Where none is, the suite is skipped, and under CI=true that is a failure. */
export function describeWithPowerShell(name: string, suite: (powershell: string) => void): void {
  const powershell = testPowerShell;
  if (powershell !== undefined) {
    describe(name, () => suite(powershell));
    return;
  }
  const reason = `${name}: no PowerShell on PATH, and none in HYPERV_TEST_POWERSHELL`;
  if (process.env.CI === "true") throw new Error(reason);
  describe.skip(reason, () => suite("pwsh"));
}

/** What the shells that a test starts find in their environment: POSIX paths, and whatever else is given. */
export function setShellEnvironment(variables: Readonly<Record<string, string>> = {}): void {
  Object.assign(process.env, { HYPERV_BRIDGE_PATHS: process.platform === "win32" ? "" : "posix", ...variables });
}

function onPath(): string | undefined {
  const name = process.platform === "win32" ? "powershell.exe" : "pwsh";
  return spawnSync(name, ["-NoProfile", "-Command", "exit 0"], { stdio: "ignore" }).status === 0 ? name : undefined;
}
