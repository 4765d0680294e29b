import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../set-up/cache-folder.mjs";
import { compareVersions } from "../set-up/compare-versions.mjs";
import { publishOnce, removeAbandoned } from "../set-up/publish-once.mjs";
import { run } from "../set-up/run.mjs";
import { inspectInstallation } from "./installation.mjs";
import { oldestSdkVersion, powerShellVersion } from "./versions.mjs";

const suffix = process.platform === "win32" ? ".exe" : "";

/**
 * The PowerShell of the cache, made there with a .NET SDK when it is absent.
 * @param {(text: string) => void} say
 * @returns {Promise<{ found: import("./installation.mjs").Installation } | { missing: string }>}
 */
export async function fromDotnet(say) {
  const folder = join(cacheFolder(), `powershell-v${powerShellVersion}-${process.platform}-${process.arch}`);
  const program = join(folder, `pwsh${suffix}`);
  if (existsSync(folder)) {
    removeAbandoned(folder);
    const cached = await inspectInstallation(program);
    if ("found" in cached) return cached;
    rmSync(folder, { recursive: true, force: true }); // it does not run: its .NET is gone, or it came from another system
  }
  const { ok, reason } = await sdkIsThere();
  if (!ok) return { missing: reason };
  try {
    await publishOnce(
      folder,
      (temporary) => install(temporary, `Installing PowerShell ${powerShellVersion} into ${folder}, once`, say),
      say,
    );
  } catch (error) {
    return { missing: error.message };
  }
  return inspectInstallation(program);
}

async function sdkIsThere() {
  const answer = await run("dotnet", ["--list-sdks"], { limitMs: 30_000 });
  if (!answer.ok) return { ok: false, reason: `no usable .NET SDK (${answer.reason})` };
  const versions = answer.stdout.split(/\r?\n/).flatMap((line) => /^\d+\.\d+\.\d+/.exec(line)?.[0] ?? []);
  const ok = versions.some((version) => compareVersions(version, oldestSdkVersion) >= 0);
  return { ok, reason: ok ? "" : `no .NET SDK ${oldestSdkVersion} or later (dotnet has: ${versions.join(", ") || "none"})` };
}

async function install(folder, announcement, say) {
  say(announcement);
  const commandArguments = ["tool", "install", "PowerShell", "--tool-path", folder, "--version", powerShellVersion];
  const env = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: "1", DOTNET_NOLOGO: "1" };
  const answer = await run("dotnet", commandArguments, { env, limitMs: 10 * 60_000 });
  if (!answer.ok) throw new Error(`dotnet tool install failed: ${answer.reason}`);
  const made = await inspectInstallation(join(folder, `pwsh${suffix}`));
  if ("missing" in made) throw new Error(made.missing);
}
