import { ExportError, isExportError } from "../../domain/errors/export-error";
import { apartFromServers } from "../../domain/listing/file-server-names";
import { nameSome } from "../../domain/listing/foreign-files";
import type { Claim } from "../../domain/records/claim";
import { CLAIM_FILE, repairDirectoryOf } from "../../domain/records/record-names";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { placeBelow } from "../directory/claimed-directory";
import { type DirectoryView, lookAt } from "../directory/look";
import { isOutsideReach, knownOwnership, provenManifest, strayRepairs } from "../directory/ownership";
import { removableFiles, removableFolders } from "../directory/removable-files";
import { bytesFreed, requireSpace } from "../export-job/free-space";
import { namedIn } from "../export-job/watch-job";
import { strayRepairFiles } from "../repair/repair-directories";
import { isHostError, isOutOfSight } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { resolveTarget } from "../target/resolve-target";

const STEP = "replace the export in its directory";

/**
 * Refuses a replacement whose create would be refused: in one directory the old export is deleted first, and would be lost for
 * nothing. A directory that the host cannot look at is no reason: the delete could not touch it either. A host that does not answer
 * fails as it is.
 *
 * @param deleting on the host of the old export
 * @param creating on the host of the new one
 */
export async function refuseReplacement(deleting: Operation, creating: Operation, olds: ExportState, news: ExportInputs): Promise<void> {
  const look = await lookAt(deleting, olds.exportDirectory).catch(unlessRefused);
  if (look?.kind !== "view") return;
  const { view } = look;
  const ownership = knownOwnership(view, { ...olds, createUrn: olds.createUrn || news.createUrn });
  if (ownership.kind === "ours-under-another-id" && ownership.claim.finished) throw heldUnderAnotherId(view);
  // The delete will leave what is another's, so nothing is lost.
  if (isOutsideReach(ownership)) return;
  const claim = await claimToDelete(deleting, view);
  const removed = requireNothingLeft(deleting, view, olds, claim);
  const target = await resolveTarget(creating, news);
  const files = view.entries.filter(({ path }) => removed.has(path));
  const finished = claim?.finished?.target.disks ?? provenManifest(view, olds)?.manifest.disks ?? [];
  const bytes = bytesFreed(files, [...finished, ...(claim?.attempt?.target.disks ?? [])]);
  requireSpace({ warn: () => {} }, target, news.exportDirectory, view.freeBytes, { bytes, by: "removing the old export" });
}

function unlessRefused(error: unknown): undefined {
  if (isOutOfSight(error) || (isExportError(error) && !isHostError(error.cause))) throw error;
}

/** Its delete would leave the export and drop the state, and the create would find an export of something else. */
function heldUnderAnotherId({ directory }: DirectoryView): ExportError {
  return new ExportError("directory-owned-by-another", {
    step: STEP,
    subject: directory,
    reason: "a replacement of this resource that was stopped has given the export another id",
    remedy: "Run pulumi up --refresh once with the arguments as they were, then change them.",
  });
}

/** The claim as the delete will know it: what the attempt's job has named by then is the export's. */
async function claimToDelete(operation: Operation, view: DirectoryView): Promise<Claim | undefined> {
  const claim = view.claim.kind === "read" ? view.claim.value : undefined;
  if (claim?.attempt === undefined) return claim;
  const place = placeBelow(operation, view, claim.attempt.subdirectory);
  const jobs = await operation.ask(STEP, place.directory, () => operation.host.findExportJobs(place.directory));
  const named = [...claim.attempt.named, ...jobs.flatMap((job) => namedIn(operation, place, job))];
  return { ...claim, attempt: { ...claim.attempt, named } };
}

/**
 * What the delete will not remove: the create would find it.
 *
 * @returns what it will remove
 */
function requireNothingLeft(operation: Operation, view: DirectoryView, olds: ExportState, claim: Claim | undefined): ReadonlySet<string> {
  const refuse = (reason: string, remedy: string) =>
    new ExportError("directory-not-empty", {
      step: STEP,
      subject: view.directory,
      reason: `the old export goes first, but ${reason}`,
      remedy,
    });
  if (olds.onDestroy === "keep" && olds.status !== "incomplete") {
    throw refuse('its onDestroy is "keep"', "Choose another exportDirectory: the old export is kept in this one.");
  }
  const repairs = { exportId: olds.exportId, except: claim?.attempt?.subdirectory };
  const strays = strayRepairs(view, repairs);
  const isStray = (path: string) => strays.includes(repairDirectoryOf(path) ?? "");
  const removed = new Set([
    ...removableFiles(operation, view, olds, claim),
    ...strayRepairFiles(operation, view, repairs),
    ...removableFolders(operation, view, olds, claim),
    CLAIM_FILE,
  ]);
  const left = apartFromServers(view.entries).filter(({ kind, path }) => {
    if (kind === "directory") return !removed.has(path) && !isStray(path);
    return kind !== "file" || !removed.has(path);
  });
  if (left.length === 0) return removed;
  const names = nameSome(left.map((entry) => entry.path));
  throw refuse(`these would stay in the new one's way: ${names}`, "Move them away, or choose another exportDirectory.");
}
