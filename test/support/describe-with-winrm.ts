import { spawnSync } from "node:child_process";
import { describe } from "vitest";

/** Whether there is an openssl, which makes the certificates of a WinRM server. */
const hasOpenssl = process.platform !== "win32" && spawnSync("openssl", ["version"]).status === 0;

/**
 * A suite that starts a WinRM server of the tests. Without openssl it is skipped, and fails under CI; but not on Windows, which has
 * neither the groups of processes nor the shell that the server's commands run in: there `Host.winrm` is left to the Linux runners.
 */
export function describeWithWinrm(name: string, suite: () => void): void {
  if (!hasOpenssl && process.env.CI === "true" && process.platform !== "win32") {
    throw new Error("There is no openssl on this machine. Install it (Debian: openssl).");
  }
  describe.skipIf(!hasOpenssl)(name, suite);
}
