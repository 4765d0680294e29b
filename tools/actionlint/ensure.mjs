import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../set-up/cache-folder.mjs";
import { goIsThere } from "../set-up/go.mjs";
import { publishOnce } from "../set-up/publish-once.mjs";
import { run } from "../set-up/run.mjs";

const version = "1.7.12";
const module = `github.com/rhysd/actionlint/cmd/actionlint@v${version}`;
const program = process.platform === "win32" ? "actionlint.exe" : "actionlint";

/**
 * The linter of workflows: from the cache, else built there with Go. Where there is no Go, the answer says so and one remedy.
 * @param {(text: string) => void} say
 * @returns {Promise<{ found: string } | { missing: string }>}
 */
export async function ensureActionlint(say) {
  const folder = join(cacheFolder(), `actionlint-v${version}-${process.platform}-${process.arch}`);
  const path = join(folder, program);
  if (existsSync(path)) return { found: path };
  const { ok, reason } = await goIsThere();
  if (!ok)
    return { missing: `There is no actionlint, and ${reason} to build it with. Install Go from https://go.dev/dl/ and run this again.` };
  try {
    await publishOnce(folder, (temporary) => build(temporary, `Building actionlint v${version} with Go into ${folder}, once`, say), say);
    return { found: path };
  } catch (error) {
    return { missing: `${error.message}\nCorrect what Go names above, then run this again.` };
  }
}

async function build(folder, announcement, say) {
  say(announcement);
  // Static, and outside of any workspace that the user works in.
  const env = { ...process.env, HOME: process.env.HOME || homedir(), GOBIN: folder, GOWORK: "off", CGO_ENABLED: "0", GOTMPDIR: folder };
  const answer = await run("go", ["install", "-trimpath", "-ldflags", "-s -w", module], { cwd: folder, env, limitMs: 10 * 60_000 });
  if (!answer.ok) throw new Error(`go install ${module} failed: ${answer.reason}`);
}
