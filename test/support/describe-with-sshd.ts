import { describe } from "vitest";
import { sshdProgram } from "./sshd";

/**
 * A suite that starts a server of OpenSSH of its own. Without one it is skipped, and fails under CI; but not on Windows, where nobody can
 * start a second one: there `Host.ssh` is left to the Linux runners.
 */
export function describeWithSshd(suite: () => void): void {
  if (sshdProgram === undefined && process.env.CI === "true" && process.platform !== "win32") {
    throw new Error("There is no sshd on this machine. Install OpenSSH's server (Debian: openssh-server).");
  }
  describe.skipIf(sshdProgram === undefined)("(needs an sshd on this machine)", suite);
}
