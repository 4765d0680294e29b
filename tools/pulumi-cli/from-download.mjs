import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../set-up/run.mjs";
import { cliVersion } from "./versions.mjs";

const installer = fileURLToPath(new URL("official-installer.mjs", import.meta.url));

/** Whether the official download can be reached at all: an installer that meets a silent firewall would hang for minutes. */
export async function downloadIsReachable() {
  try {
    const answer = await fetch("https://get.pulumi.com/install.sh", { method: "HEAD", signal: AbortSignal.timeout(5_000) });
    return answer.ok ? { ok: true, reason: "" } : { ok: false, reason: `get.pulumi.com answers ${answer.status}` };
  } catch (error) {
    return { ok: false, reason: `get.pulumi.com cannot be reached (${error.cause?.code ?? error.message})` };
  }
}

/**
 * Downloads the CLI into folder/bin with Pulumi's own installer.
 * @param {string} folder
 */
export async function download(folder) {
  // The installer unpacks in the temporary folder. Inside ours, nothing is left over when it is ended half way.
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const env = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const answer = await run(process.execPath, [installer, folder, cliVersion], { env, limitMs: 10 * 60_000 });
  rmSync(temporary, { recursive: true, force: true });
  if (!answer.ok) throw new Error(`Pulumi's installer failed: ${answer.reason}`);
}
