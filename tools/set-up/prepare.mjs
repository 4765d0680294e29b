import { ensurePulumi } from "../pulumi-cli/ensure.mjs";
import { build } from "./build.mjs";
import { installDependencies } from "./install.mjs";

/**
 * Everything that must be there before the real CLI can run this package: dependencies, dist/, the CLI.
 * @param {(text: string) => void} say
 * @returns {Promise<import("../pulumi-cli/installation.mjs").Installation>}
 */
export async function prepare(say) {
  installDependencies(say);
  say("Building");
  if (!build()) throw new Error("The build failed: correct what the compiler names above.");
  const cli = await ensurePulumi({ say });
  say(`Pulumi CLI ${cli.version}: ${cli.pulumi}`);
  return cli;
}
