import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where this user keeps things that can be made again, by the custom of each platform.
 * @param {NodeJS.ProcessEnv} [environment]
 * @param {NodeJS.Platform} [platform]
 * @returns {string}
 */
export function cacheFolder(environment = process.env, platform = process.platform) {
  return join(userCacheFolder(environment, platform), "pulumi-hyperv-reference-point");
}

function userCacheFolder(environment, platform) {
  if (environment.XDG_CACHE_HOME) return environment.XDG_CACHE_HOME;
  if (platform === "win32") return environment.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  return join(homedir(), ".cache");
}
