import { delimiter, join } from "node:path";
import { repository } from "../set-up/repository.mjs";

/**
 * The PATH on which the CLI finds its language host, and the engine the plugin of dynamic providers.
 * @param {string} binFolder
 */
export function pathFor(binFolder) {
  return [binFolder, join(repository, "node_modules", "@pulumi", "pulumi"), process.env.PATH].join(delimiter);
}
