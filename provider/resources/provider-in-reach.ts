import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ExportError } from "../domain/errors/export-error";

const PACKAGE = "pulumi-hyperv-reference-point";

/** Pulumi runs the provider where the program starts; a program may change its own folder later. */
const startFolder = process.cwd();

let inReach = false;

/**
 * Refuses a program whose folder does not find this package, although the program does: as the dependency of a dependency, where the
 * package manager keeps those apart. The provider's process would only say that it cannot find a module.
 *
 * Only a program that the CLI has started is judged: with the Automation API the provider may run in another folder than the program, and
 * with mocks it does not run.
 */
export function requireProviderInReach(): void {
  if (inReach || !isStartedByCli()) return;
  inReach = [startFolder, process.cwd()].some((folder) => finds(folder, `${PACKAGE}/provider`));
  if (inReach) return;
  const error = new ExportError("provider-out-of-reach", {
    step: "find the provider",
    subject: PACKAGE,
    reason: `${startFolder} does not find this package: it is a dependency of a dependency there, or of none`,
    remedy: `In ${manifestOf(startFolder)}, add ${PACKAGE} to the dependencies, as the package that needs it has it there, and install.`,
  });
  // The program's stack would hide the remedy.
  throw Object.assign(new pulumi.RunError(error.message), { code: error.code });
}

function isStartedByCli(): boolean {
  return /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run([\\/]index\.js)?$/.test(process.argv[1] ?? "");
}

/** As the text of the provider looks it up. */
function finds(folder: string, module: string): boolean {
  try {
    createRequire(folder + path.sep).resolve(module);
    return true;
  } catch {
    return false;
  }
}

/** The package.json that speaks for a folder. */
function manifestOf(folder: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    if (finds(at, "./package.json")) return path.join(at, "package.json");
    if (path.dirname(at) === at) return path.join(folder, "package.json");
  }
}
