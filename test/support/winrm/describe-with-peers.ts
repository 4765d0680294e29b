import { describe } from "vitest";
import { peersPython } from "./acceptor";
import { kdcMissing } from "./kdc";

/** A suite that needs other people's WinRM. Without it the suite is skipped, and fails under CI. */
export function describeWithPeers(suite: () => void): void {
  if (peersPython() === undefined && process.env.CI === "true") {
    throw new Error("There is no Python with pyspnego, pywinrm and pypsrp. node tools/winrm-peers/ensure.mjs makes one, or says why not.");
  }
  describe.skipIf(peersPython() === undefined)("(needs pyspnego, pywinrm and pypsrp)", suite);
}

/** A suite that has a KDC of its own, other people's acceptor, and the npm package kerberos. Only for Linux: there alone all of it is found. */
export function describeWithKdc(suite: () => void): void {
  const missing = process.platform === "linux" ? kdcMissing() : "Linux";
  if (missing !== undefined && process.env.CI === "true" && process.platform === "linux") {
    throw new Error(
      `There is no ${missing} on this machine. Install a KDC and its client (Debian: krb5-kdc, krb5-admin-server, krb5-user, python3-gssapi, libkrb5-dev, faketime), then run node tools/winrm-peers/ensure.mjs.`,
    );
  }
  describe.skipIf(missing !== undefined)("(needs a KDC on this machine)", suite);
}
