import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../set-up/cache-folder.mjs";
import { goIsThere } from "../set-up/go.mjs";
import { publishOnce } from "../set-up/publish-once.mjs";
import { run } from "../set-up/run.mjs";

const sources = fileURLToPath(new URL("masterzen/", import.meta.url));
const names = ["go.mod", "go.sum", "main.go"];
const program = process.platform === "win32" ? "winrm-peer.exe" : "winrm-peer";

/** Where the program lies in the cache, whether it is there or not. */
export function cachedMasterzen() {
  const digest = createHash("sha256");
  for (const name of names) digest.update(readFileSync(join(sources, name)));
  const folder = join(cacheFolder(), `winrm-masterzen-${digest.digest("hex").slice(0, 12)}-${process.platform}-${process.arch}`);
  return { folder, program: join(folder, program) };
}

/**
 * The client of WinRM that stands on masterzen/winrm, as Terraform's hyperv provider does: from the cache, else built there with Go.
 * @param {{ say?: (text: string) => void }} [options]
 * @returns {Promise<{ found: string } | { missing: string }>}
 */
export async function ensureMasterzen({ say = (text) => process.stderr.write(`${text}\n`) } = {}) {
  const { folder, program: path } = cachedMasterzen();
  if (existsSync(path)) return { found: path };
  const { ok, reason } = await goIsThere();
  if (!ok)
    return {
      missing: `There is no masterzen/winrm, and ${reason} to build it with. Install Go from https://go.dev/dl/ and run this again.`,
    };
  try {
    await publishOnce(folder, (temporary) => build(temporary, `Building masterzen/winrm with Go into ${folder}, once`, say), say);
    return { found: path };
  } catch (error) {
    return { missing: `${error.message}\nCorrect what Go names above, then run this again.` };
  }
}

async function build(folder, announcement, say) {
  say(announcement);
  // Built in a copy, so that a GOFLAGS of -mod=mod cannot rewrite the committed go.sum.
  const work = join(folder, "src");
  mkdirSync(work);
  for (const name of names) copyFileSync(join(sources, name), join(work, name));
  const env = { ...process.env, HOME: process.env.HOME || homedir(), GOWORK: "off", CGO_ENABLED: "0", GOTMPDIR: folder };
  const commandArguments = ["build", "-trimpath", "-ldflags", "-s -w", "-o", join(folder, program), "."];
  const answer = await run("go", commandArguments, { cwd: work, env, limitMs: 10 * 60_000 });
  if (!answer.ok) throw new Error(`go build of masterzen/winrm failed: ${answer.reason}`);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const answer = await ensureMasterzen();
  process.stdout.write(`${"found" in answer ? answer.found : answer.missing}\n`);
  process.exitCode = "found" in answer ? 0 : 1;
}
