import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publicKeyOf } from "../../../domain/hosts/ssh-words";
import { PINNED_NAME, type SshFiles, type SshOptions } from "./ssh-arguments";

/**
 * Writes what ssh reads from files: the private key and the pinned host key, in a folder that only this account may enter.
 * `remove` takes all of it away again.
 */
export function writeSshFiles({
  keyFile,
  privateKey,
  hostKey,
}: Pick<SshOptions, "keyFile" | "hostKey"> & { readonly privateKey: string | undefined }): SshFiles & { readonly remove: () => void } {
  if (privateKey === undefined && hostKey === undefined) return { identity: keyFile, knownHosts: undefined, remove: () => {} };
  const folder = mkdtempSync(join(tmpdir(), "hyperv-ssh-"));
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600, flag: "wx" });
    return file;
  };
  try {
    return {
      // OpenSSH refuses a key without a line end, and one with those of Windows.
      identity: privateKey === undefined ? keyFile : write("identity", `${privateKey.replaceAll("\r\n", "\n").trimEnd()}\n`),
      knownHosts: hostKey === undefined ? undefined : write("known_hosts", `${PINNED_NAME} ${publicKeyOf(hostKey)}\n`),
      remove: () => removeFolder(folder),
    };
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

/** A virus scanner may hold a file for a moment. What cannot be removed even so is no reason to fail: this account alone may read it. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    // Left to the temporary folder's own clean-up.
  }
}
