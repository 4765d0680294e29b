import { ExportError } from "../../../domain/errors/export-error";
import type { ChainGeneration, ChainRecord } from "../../../domain/export-chain/chain-record";
import type { ChainState } from "../../../domain/export-chain/outputs";
import { apartFromServers } from "../../../domain/listing/file-server-names";
import { containsUnknown } from "../../../domain/values/unknown-value";
import { ClaimedDirectory } from "../../directory/claimed-directory";
import { lookAt } from "../../directory/look";
import type { Operation } from "../../session/operation";
import { type ChainFile, LOOK_STEP, lookAtChain } from "./chain-file";

const STEP = "take the moved chain over";

/** What the place tells in which a chain was: nothing of it is left, it may be there still, or another lies in its place. */
export type FormerPlace =
  | { readonly kind: "gone" }
  /** The path leads to where the chain lies now, as one through a link does. */
  | { readonly kind: "here" }
  /** @param what is there that may be the chain still */
  | { readonly kind: "lives"; readonly what: string }
  /** The chain that was made where this one lies now: their directories have been swapped. */
  | { readonly kind: "swapped" };

/**
 * What has become of a chain in a directory where it was: the volume has got another letter, or somebody has moved the directory, with or
 * without leaving an empty one behind. Where another chain is there by now, this one is not.
 *
 * @param now where the chain lies, links resolved
 */
export async function lookAtFormerPlace(operation: Operation, before: string, chainId: string, now: string): Promise<FormerPlace> {
  const look = await lookAtChain(operation, before);
  switch (look.kind) {
    case "absent":
    case "parentMissing":
    case "volumeMissing":
      return { kind: "gone" };
    case "notDirectory":
      return look.above === undefined ? lives("where a file or a link stands that may lead to it") : { kind: "gone" };
    case "bare":
      return (await isEmpty(operation, before)) ? { kind: "gone" } : lives("which has lost its record and is not empty");
    case "unreadable":
      return lives("whose record cannot be read");
    case "chain":
    case "copy": {
      const { record } = look.file;
      if (record.chainId === chainId)
        return operation.paths.same(look.file.canonicalPath, now) ? { kind: "here" } : lives("which is there still");
      // Neither says in which of the two places it is meant to stay.
      return { kind: look.kind === "copy" && operation.paths.same(record.canonicalPath, now) ? "swapped" : "gone" };
    }
  }
}

function lives(what: string): FormerPlace {
  return { kind: "lives", what };
}

/** A record that comes between the two looks is an entry like any other. */
async function isEmpty(operation: Operation, directory: string): Promise<boolean> {
  const request = { directory, texts: [], list: true };
  const report = await operation.ask(LOOK_STEP, directory, () => operation.host.readDirectory(request));
  return report.kind === "absent" || (report.kind === "directory" && apartFromServers(report.entries).length === 0);
}

/**
 * Whether the chain lies in a directory that is declared now, and no more in the one that the state knows. A copy of one that may live is
 * refused, and so is one of two that were swapped: what was meant can be told better here than by a chain that would be replaced.
 *
 * @param held on the host of the state
 * @param declared on the host of the arguments
 */
export async function isMovedTo(
  held: Operation,
  declared: Operation,
  { chainId, directory: before }: Pick<ChainState, "chainId" | "directory">,
  now: string,
): Promise<boolean> {
  if (containsUnknown(now)) return false;
  const look = await lookAtChain(declared, now);
  if ((look.kind !== "chain" && look.kind !== "copy") || look.file.record.chainId !== chainId) return false;
  requireGone(await lookAtFormerPlace(held, before, chainId, look.file.canonicalPath), now, before);
  return true;
}

/** Two living copies would both believe that the points are theirs. */
function requireGone(former: FormerPlace, directory: string, before: string): void {
  if (former.kind === "lives") throw livesOn(directory, before, former.what);
  if (former.kind === "swapped") throw swapped(directory, before);
}

/**
 * Makes a chain, whose record was made for another path, one of the path where it lies: the claims of its generations first, the record
 * last, so that a run that is killed in between begins it again. The old place must hold it no more.
 */
export async function settleMovedChain(operation: Operation, file: ChainFile): Promise<void> {
  const { directory, canonicalPath, record } = file;
  const before = record.canonicalPath;
  requireGone(await lookAtFormerPlace(operation, before, record.chainId, canonicalPath), directory, before);
  for (const generation of generationsIn(record))
    await settleClaim(operation, operation.paths.join(directory, generation.label), generation);
  // What the unfinished one has written, a job has written that knows the old path only.
  const { attempt } = record;
  await file.change({ canonicalPath, ...(attempt && { attempt: { ...attempt, discarding: true } }) });
  operation.did(`took over ${record.generations.length} generations from ${record.canonicalPath}`);
}

function generationsIn({ generations, removing, attempt }: ChainRecord): Pick<ChainGeneration, "label" | "exportId">[] {
  return [...generations, ...removing, ...(attempt ? [attempt] : [])];
}

/** A claim that is not this generation's tells of a hand, and stays as it is: a look at the chain reports it. */
async function settleClaim(operation: Operation, directory: string, { exportId }: Pick<ChainGeneration, "exportId">): Promise<void> {
  const look = await lookAt(operation, directory);
  const claim = look.kind === "view" ? look.view.claimOfElsewhere : undefined;
  if (look.kind === "view" && claim?.exportId === exportId) await new ClaimedDirectory(operation, look.view, claim).settle();
}

function livesOn(directory: string, before: string, what: string): ExportError {
  const reason = `it is a copy of the chain in ${before}, ${what}`;
  const remedy = `Go on with the one in ${before}, and declare another directory for this one. Only if this one is to go on in its place: move that one away from ${before}, and run the command again.`;
  return new ExportError("directory-moved", { step: STEP, subject: directory, reason, remedy });
}

function swapped(directory: string, before: string): ExportError {
  const reason = `the chain that was here lies in ${before}, where this one was: the two directories have been swapped`;
  const remedy = `Swap the two directories back, and run the command again. If they are to stay swapped: move this one on to a third directory, declare that and run pulumi up; then declare ${before} for the other one and run pulumi up; the directory here is free then.`;
  return new ExportError("directory-moved", { step: STEP, subject: directory, reason, remedy });
}
