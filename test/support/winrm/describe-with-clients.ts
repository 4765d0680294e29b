import { describe } from "vitest";
import { describeWithPeers } from "./describe-with-peers";
import { masterzenProgram } from "./peers/masterzen-program";

/** A suite that needs all clients which nobody here wrote; one of them is built with Go. */
export function describeWithClients(suite: () => void): void {
  if (masterzenProgram() === undefined && process.env.CI === "true") {
    throw new Error("There is no masterzen/winrm. node tools/winrm-peers/masterzen.mjs builds it, or says why not.");
  }
  describe.skipIf(masterzenProgram() === undefined)("(needs masterzen/winrm)", () => describeWithPeers(suite));
}
