import { describe } from "vitest";
import { peersPython } from "./acceptor";

/** A suite that needs other people's WinRM. Without it the suite is skipped, and fails under CI. */
export function describeWithPeers(suite: () => void): void {
  if (peersPython() === undefined && process.env.CI === "true") {
    throw new Error("There is no Python with pyspnego, pywinrm and pypsrp. node tools/winrm-peers/ensure.mjs makes one, or says why not.");
  }
  describe.skipIf(peersPython() === undefined)("(needs pyspnego, pywinrm and pypsrp)", suite);
}
