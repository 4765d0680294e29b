import type { ExportTarget } from "../../domain/records/claim";
import { expectedFiles } from "../../domain/records/export-files";
import type { ClaimedDirectory } from "../directory/claim-file";
import { type DirectoryView, lookAt } from "../directory/look";
import type { Operation } from "../session/operation";
import { removeRepairDirectory, removeStrayRepairs } from "./repair-directories";

/** The ids under which claim and manifest know the export, but for the one that it goes on under. */
export function formerIds({ claim, manifest }: DirectoryView, exportId: string): string[] {
  const ids = [claim, manifest].flatMap((record) => (record.kind === "read" ? [record.value.exportId] : []));
  return [...new Set(ids)].filter((id) => id !== exportId);
}

/**
 * Removes the repairs of an export that is written anew under another id: nobody would know them any more.
 *
 * @param former the id in the claim before, `repair` the repair that it knew, or ""
 */
export async function removeRepairsOfFormerIds(
  operation: Operation,
  { directory, claim }: ClaimedDirectory,
  { former, repair, target }: { readonly former: string; readonly repair: string; readonly target: ExportTarget },
): Promise<void> {
  if (former === claim.exportId && repair === "") return;
  const look = await lookAt(operation, directory);
  if (look.kind !== "view") return;
  const ids = new Set([former, ...formerIds(look.view, claim.exportId)]);
  ids.delete(claim.exportId);
  for (const exportId of ids) {
    await removeStrayRepairs(operation, look.view, { exportId, except: undefined }, expectedFiles(target));
  }
  if (repair !== "") await removeRepairDirectory(operation, look.view, repair);
}
