import { ExportError } from "../../domain/errors/export-error";
import { type HostInput, sameMachineByName } from "../../domain/hosts/host-input";
import { type PathRules, pathRules } from "../../domain/paths/path-rules";
import { ownerOfUrn } from "../../domain/records/owner";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { containsUnknown } from "../../domain/values/unknown-value";
import type { Hosts } from "../../lifecycle/door";

type Declared = Pick<ExportInputs, "host" | "exportDirectory" | "createUrn">;

/** The export directories of one program's new exports: two of them in one directory can be told without asking a host. */
export class DeclaredDirectories {
  private readonly machines: { readonly host: HostInput; readonly owners: Map<string, string>; readonly above: Map<string, string> }[] = [];

  constructor(private readonly styleOf: Hosts["pathStyleOf"]) {}

  /**
   * Notes the directory. The error is of the later one of two.
   *
   * @param place the directory by another text: with links resolved
   */
  declare({ host, exportDirectory, createUrn }: Declared, place = exportDirectory): ExportError | undefined {
    if (containsUnknown(host) || containsUnknown(exportDirectory)) return undefined;
    const rules = pathRules(this.styleOf(host) ?? "posix");
    const { owners, above } = this.machineOf(host);
    const name = ownerOfUrn(createUrn).resource;
    const own = keyOf(rules, place);
    const folders = rules.parents(place).map((folder) => keyOf(rules, folder));
    const outer = folders.map((folder) => owners.get(folder)).find((other) => other !== undefined);
    const refuse = (code: ConstructorParameters<typeof ExportError>[0], other: string, where: string) =>
      new ExportError(code, {
        step: "claim the directory",
        subject: exportDirectory,
        reason: `resource "${other}" of this program exports to ${where}`,
        remedy: "Give each a directory of its own, neither inside the other.",
      });
    const same = owners.get(own);
    if (same !== undefined) return refuse("directory-owned-by-another", same, "the same directory");
    if (outer !== undefined) return refuse("directory-inside-another-export", outer, "a folder above it");
    const inner = above.get(own);
    if (inner !== undefined) return refuse("directory-not-empty", inner, "a folder in it");
    owners.set(own, name);
    for (const folder of folders) if (!above.has(folder)) above.set(folder, name);
    return undefined;
  }

  private machineOf(host: HostInput) {
    const known = this.machines.find((machine) => sameMachineByName(machine.host, host) === "same");
    if (known) return known;
    const machine = { host, owners: new Map<string, string>(), above: new Map<string, string>() };
    this.machines.push(machine);
    return machine;
  }
}

function keyOf(rules: PathRules, directory: string): string {
  return rules.fold(rules.normalise(directory));
}
