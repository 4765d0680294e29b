import { describe } from "vitest";
import { powerShellProgram } from "./powershell-program";

/** A suite that needs a real PowerShell. */
export function describeWithPowerShell(name: string, suite: (powershell: string) => void): void {
  describe(name, () => suite(powerShellProgram()));
}

/** What the shells that a test starts find in their environment: POSIX paths, and whatever else is given. */
export function setShellEnvironment(variables: Readonly<Record<string, string>> = {}): void {
  Object.assign(process.env, { HYPERV_BRIDGE_PATHS: process.platform === "win32" ? "" : "posix", ...variables });
}
