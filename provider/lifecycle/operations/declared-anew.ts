import { ExportError } from "../../domain/errors/export-error";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs, ExportPropertyName } from "../../domain/reference-point-export/properties";
import { containsUnknown } from "../../domain/values/unknown-value";
import type { Operation } from "../session/operation";
import { findMoved } from "../takeover/moved-export";
import { areDisksNamedAnew, isMachineNamedAnew } from "../target/named-anew";

/** What a changed argument comes to, where its text would have the export replaced. */
export type DeclaredAnew = Partial<Record<ExportPropertyName, "nothing" | "update">>;

/**
 * What the host says of arguments that the state cannot read as the same: the machine may have been renamed, a disk be named by its path,
 * the directory lie on a volume that has got another letter. A host that does not answer is believed to mean the same, with a warning:
 * the update asks again before it changes anything.
 *
 * @param replaces what would have the export replaced by its text
 * @param held on the host of the state
 * @param declared on the host of the arguments
 */
export async function declaredAnew(
  replaces: readonly ExportPropertyName[],
  held: () => Operation,
  declared: () => Operation,
  olds: ExportState,
  news: ExportInputs,
): Promise<DeclaredAnew> {
  const anew: DeclaredAnew = {};
  const ask = async (name: ExportPropertyName, isSame: () => Promise<boolean>, change: "nothing" | "update") => {
    if (!replaces.includes(name) || containsUnknown(news[name as keyof ExportInputs])) return;
    try {
      if (await isSame()) anew[name] = change;
    } catch (error) {
      declared().warn(`${(error as Error).message}\nUntil the host answers, ${name} is taken to mean the same.`);
      anew[name] = "update";
    }
  };
  await ask("virtualMachine", () => isMachineNamedAnew(declared(), olds, news.virtualMachine), "nothing");
  await ask("disksToExport", () => areDisksNamedAnew(declared(), olds, news.disksToExport), "nothing");
  const others = replaces.filter((name) => name !== "exportDirectory" && anew[name] === undefined);
  const isMoved = async () => (await findMoved(held(), declared(), olds, news.exportDirectory)) !== undefined;
  if (others.length === 0) await ask("exportDirectory", isMoved, "update");
  // Where the host does not say, the create finds what is there.
  else if (replaces.includes("exportDirectory") && !containsUnknown(news.exportDirectory) && (await isMoved().catch(() => false)))
    throw movedAndReplaced(olds, news, others);
  return anew;
}

/** The create would be refused, or adopt the very export that is to be replaced; and the delete would look for it where it was. */
function movedAndReplaced(olds: ExportState, news: ExportInputs, others: readonly string[]): ExportError {
  return new ExportError("directory-moved", {
    step: "replace the export",
    subject: news.exportDirectory,
    reason: `the export that was in ${olds.exportDirectory} lies here now, and ${others.join(", ")} would replace it in the same up`,
    remedy:
      "Run pulumi up with exportDirectory as the only change first: it takes the export over where it lies now. Then make the other changes with a second up.",
  });
}

/** Asks once more what the plan took for the same: it was made while the host did not answer. */
export async function requireSameNames(
  operation: Operation,
  replaces: readonly ExportPropertyName[],
  olds: ExportState,
  news: ExportInputs,
) {
  const refuse = (name: ExportPropertyName) =>
    new ExportError("changed-since-plan", {
      step: "update the export",
      subject: news.exportDirectory,
      reason: `${name} names something else than the export is of; the host did not answer when this was planned`,
    });
  if (replaces.includes("virtualMachine") && !(await isMachineNamedAnew(operation, olds, news.virtualMachine)))
    throw refuse("virtualMachine");
  if (replaces.includes("disksToExport") && !(await areDisksNamedAnew(operation, olds, news.disksToExport))) throw refuse("disksToExport");
}
