import { isAbsolute } from "node:path";
import type { LookUpResults } from "../../domain/look-ups/look-up-results";
import type { LookUpName } from "../../domain/look-ups/look-up-tables";
import { type Asked, LookUps } from "../../lifecycle/look-ups";
import { missingLabOf } from "../missing-lab";
import { type Program, ProgramHosts } from "../program-hosts";

/**
 * Asks a host in the program's own process.
 *
 * @param secretInputs names of the arguments that are secret
 */
export async function lookUp<Name extends LookUpName>(
  program: Program,
  name: Name,
  asked: Asked,
  secretInputs: readonly string[],
  warn: (text: string) => void,
): Promise<LookUpResults[Name]> {
  warnOfMissingLab(program, asked.host, warn);
  return ProgramHosts.of(program).use((hosts) => new LookUps(hosts).answer(name, asked, secretInputs));
}

/** Labs of which a program has been told. */
const toldOf = new WeakMap<object, Set<string>>();

function warnOfMissingLab({ identity }: Program, host: unknown, warn: (text: string) => void): void {
  if (!isLab(host) || !isAbsolute(host.directory)) return;
  const missing = missingLabOf(host);
  const told = toldOf.get(identity) ?? new Set<string>();
  if (missing === undefined || told.has(host.directory)) return;
  toldOf.set(identity, told.add(host.directory));
  warn(`${missing[0]?.toUpperCase()}${missing.slice(1)} for the first resource on it. Until then, look-ups tell of that one.`);
}

/** The arguments have not been checked yet. */
function isLab(host: unknown): host is { readonly kind: "simulator"; readonly directory: string } {
  return (
    typeof host === "object" &&
    host !== null &&
    "kind" in host &&
    host.kind === "simulator" &&
    "directory" in host &&
    typeof host.directory === "string"
  );
}
