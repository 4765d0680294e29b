import { holdsNights, isChainOfOne } from "../../../domain/checkpoint-export/chain-of-one";
import { ExportError } from "../../../domain/errors/export-error";
import { type ChainPoint, type ChainRecord, chainFormat } from "../../../domain/export-chain/chain-record";
import type { ChainInputs } from "../../../domain/export-chain/properties";
import { timeZoneHere } from "../../../domain/export-chain/retention/calendar";
import { apartFromServers } from "../../../domain/listing/file-server-names";
import { nameSome } from "../../../domain/listing/foreign-files";
import { claimedFolders } from "../../../domain/listing/written-files";
import { describeOwner, type Owner, ownerOfUrn } from "../../../domain/records/owner";
import { recordText } from "../../../domain/records/record-file";
import { CHAIN_FILE, isChainLeftover } from "../../../domain/records/record-names";
import { isMachine } from "../../../domain/records/target-match";
import { containsUnknown } from "../../../domain/values/unknown-value";
import type { DirectoryEntry, NamedMachine, Place } from "../../../host/port";
import { outOfReach } from "../../directory/look";
import { refuseInsideAnother } from "../../directory/nested-claims";
import { claimedMeanwhile } from "../../directory/not-ours";
import type { Operation } from "../../session/operation";
import { runTask } from "../../session/run-task";
import { findMachine } from "../../target/resolve-target";
import { ChainFile, type ChainLook, LOOK_STEP, lookAtChain, movedChain, orOvertaken, unreadableRecord } from "./chain-file";
import { type ChainMachine, findChainMachine } from "./find-machine";
import { settleMovedChain } from "./moved-chain";

const STEP = "claim the chain's directory";

/** Two that claim at once see each other after one round; more rounds mean that somebody removes the record again and again. */
const ROUNDS = 5;

export interface ClaimedChain {
  readonly file: ChainFile;
  readonly machine: ChainMachine;
  /** The record has been written by this run, and nothing else is in the directory. */
  readonly isNew: boolean;
}

/**
 * Makes the directory this chain's: goes on with the record that an earlier, killed run of the same owner has left, takes over that of a
 * lost one where it is told to, or writes the first. What is anybody else's is refused.
 *
 * @param chainId a fresh id. Whoever knows the chain by another one, as the old half of a replacement does, has no say in it from then on
 * @param points that a chain has made which was here before and is gone: a new record knows them, so that they are destroyed
 */
export async function claimChain(
  operation: Operation,
  inputs: ChainInputs,
  chainId: string,
  points: readonly ChainPoint[] = [],
): Promise<ClaimedChain> {
  const { directory } = inputs;
  for (let round = 0; round < ROUNDS; round++) {
    const look = await lookAtChain(operation, directory);
    const held = heldBy(operation, look, inputs);
    if (held) {
      await refuseInsideAnother(operation, held, "");
      // Before the record is touched: a slip in the directory must not take a chain of another machine from its owner.
      if (!isMachine(held.record, inputs.virtualMachine)) await findMachine(operation, inputs);
      const machine = await findChainMachine(operation, inputs, held.record);
      if (look.kind === "copy") await settleMovedChain(operation, held);
      const owner = ownerOfUrn(inputs.createUrn);
      await held.change({ chainId, owner, released: undefined });
      return { file: held, machine, isNew: false };
    }
    await refuseInsideAnother(operation, look.kind === "bare" ? { ...look, directory } : { directory, canonicalPath: directory }, "");
    if (look.kind === "bare") await requireEmpty(operation, directory);
    const machine = await findChainMachine(operation, inputs, undefined);
    const created = await operation.ask("create the chain's directory", directory, () => operation.host.createDirectory({ directory }));
    const place = { directory, canonicalPath: created.canonicalPath };
    const record = { ...newRecord(operation, inputs, chainId, place, machine.machine), points: [...points] };
    const file = await writeNew(operation, place, record);
    if (file === undefined) continue;
    await requireAlone(operation, file, created.created);
    return { file, machine, isNew: true };
  }
  throw claimedMeanwhile(STEP, directory);
}

/** The record that this resource may go on with; undefined where there is none. */
function heldBy(operation: Operation, look: ChainLook, inputs: ChainInputs): ChainFile | undefined {
  const { directory, createUrn, onExisting } = inputs;
  if (look.kind === "volumeMissing" || look.kind === "notDirectory") throw outOfReach(look, directory, { of: "chain" });
  if (look.kind === "unreadable") throw unreadableRecord(STEP, directory, look.reason);
  if (look.kind === "copy" && onExisting !== "adopt") throw movedChain(STEP, look.file);
  if (look.kind !== "chain" && look.kind !== "copy") return undefined;
  const { owner, released, generations } = look.file.record;
  const mayTake = onExisting === "adopt" || (released !== true && owner.urn === createUrn && createUrn !== "");
  if (mayTake) requireSameKind(STEP, look.file, inputs);
  if (onExisting === "adopt") {
    operation.did(`took over ${generations.length} generations`);
    return look.file;
  }
  if (released) {
    const reason = `it holds a chain of ${generations.length} generations that ${describeOwner(owner)} has kept`;
    const remedy = 'Set onExisting to "adopt" to go on with that chain, or choose another directory.';
    throw new ExportError("directory-not-empty", { step: STEP, subject: directory, reason, remedy });
  }
  if (owner.urn === createUrn && createUrn !== "") return look.file;
  throw chainOfAnother(directory, owner, ownerOfUrn(createUrn));
}

/**
 * The point of one way is no base for the other: nothing tells what a difference between the two would restore. And an export by a
 * checkpoint keeps one generation: it takes over no chain of nights.
 */
export function requireSameKind(step: string, { directory, record }: ChainFile, inputs: Pick<ChainInputs, "via" | "createUrn">): void {
  const { via } = inputs;
  if (isChainOfOne(inputs) && holdsNights(record)) {
    const labels = nameSome(record.generations.map(({ label }) => label));
    const reason = `it holds the generations of an ExportChain (${labels}), and a CheckpointExport would keep none of them beside its own`;
    const remedy = "Choose another exportDirectory, or declare an ExportChain to go on with that chain.";
    throw new ExportError("adoption-refused", { step, subject: directory, reason, remedy });
  }
  if (record.via === via || containsUnknown(via)) return;
  const reason = `it was begun via ${record.via}; via is ${via} now`;
  throw new ExportError("chain-way-changed", { step, subject: directory, reason });
}

/** Weeks of generations of a stack that is lost are worth more than an empty directory. */
function chainOfAnother(directory: string, owner: Owner, mine: Owner): ExportError {
  const reason = `it belongs to ${describeOwner(owner)}`;
  const isOfThisStack = owner.project === mine.project && owner.stack === mine.stack;
  const remedy = isOfThisStack
    ? `If this is that resource under a new name or parent, add aliases: ["${owner.urn}"] to its options: the chain goes on as it is. If both are meant to be there, choose another directory for this one.`
    : 'Choose another directory: what is in this one is that resource\'s chain. Only if that resource is lost for good, as with its stack: set onExisting to "adopt".';
  return new ExportError("directory-owned-by-another", { step: STEP, subject: directory, reason, remedy });
}

function newRecord(
  operation: Operation,
  { createUrn, via, timeZone }: ChainInputs,
  chainId: string,
  { canonicalPath }: Place,
  { id, name }: NamedMachine,
): ChainRecord {
  return {
    format: chainFormat,
    version: 1,
    chainId,
    owner: ownerOfUrn(createUrn),
    generationOwner: createUrn,
    canonicalPath,
    claimedAt: operation.timestamp(),
    via,
    virtualMachineId: id,
    virtualMachineName: name,
    timeZone: timeZone ?? timeZoneHere(),
    generations: [],
    points: [],
    removing: [],
  };
}

/** Exactly once: undefined when there is a record already. */
async function writeNew(operation: Operation, { directory, canonicalPath }: Place, record: ChainRecord): Promise<ChainFile | undefined> {
  const file = { directory, canonicalPath, path: CHAIN_FILE, text: recordText(record) };
  const answer = await operation.ask(STEP, directory, () => operation.host.createTextFile(file));
  return answer === "created" ? new ChainFile(operation, directory, canonicalPath, record, file.text) : undefined;
}

async function requireEmpty(operation: Operation, directory: string): Promise<void> {
  const content = await contentOf(operation, directory);
  if (content.length === 0) return;
  const reason = `it holds what is no chain's: ${nameSome(content.map(({ path }) => path).filter((path) => !path.includes("/")))}`;
  const remedy = "Choose another directory, or move what is in this one away.";
  throw new ExportError("directory-not-empty", { step: STEP, subject: directory, reason, remedy });
}

async function contentOf(operation: Operation, directory: string): Promise<DirectoryEntry[]> {
  const request = { directory, texts: [], list: true };
  const report = await operation.ask(LOOK_STEP, directory, () => operation.host.readDirectory(request));
  if (report.kind !== "directory") return [];
  return apartFromServers(report.entries).filter(({ kind, path }) => kind !== "file" || !(path === CHAIN_FILE || isChainLeftover(path)));
}

/** Somebody may have claimed a directory above or below at the same moment. Nothing has been made yet, so this one gives way. */
async function requireAlone(operation: Operation, file: ChainFile, isMade: boolean): Promise<void> {
  const { directory } = file;
  try {
    await refuseInsideAnother(operation, file, "");
    const [inside] = claimedFolders(await contentOf(operation, directory));
    if (inside === undefined) return;
    const reason = `another export has been begun in ${inside.slice(0, -1)} below it`;
    throw new ExportError("directory-not-empty", { step: STEP, subject: directory, reason, remedy: "Choose another directory." });
  } catch (error) {
    const reason = await orOvertaken(operation, file, error);
    await removeRecord(operation, file).catch(() => {});
    if (isMade) await operation.host.removeEmptyDirectory({ directory }).catch(() => {});
    throw reason;
  }
}

/** Removes the record, and what killed writes of it have left. */
export async function removeRecord(operation: Operation, file: ChainFile, leftovers: readonly string[] = []): Promise<void> {
  const { directory, canonicalPath } = file;
  const files = [...leftovers, CHAIN_FILE];
  await runTask(operation, "remove the chain's record", { directory, canonicalPath, kind: "remove", files, onlyIf: file.condition() });
}

/**
 * Gives a directory back in which a create that failed has made nothing: whoever corrects the arguments wants no unfinished chain of
 * what never began.
 *
 * @returns whether there is nothing left that the engine must know of
 */
export async function releaseUntouchedChain(operation: Operation, file: ChainFile): Promise<boolean> {
  const { generations, points, removing, attempt } = file.record;
  const isPointIdle = attempt?.point === undefined || attempt.point.isRefused === true;
  const isIdle = isPointIdle && (attempt?.checkpoint === undefined || attempt.checkpoint.isRefused === true);
  if (generations.length + points.length + removing.length > 0 || !isIdle) return false;
  try {
    if ((await contentOf(operation, file.directory)).length > 0) return false;
    await removeRecord(operation, file);
    await operation.ask("remove the emptied directory", file.directory, () =>
      operation.host.removeEmptyDirectory({ directory: file.directory }),
    );
    return true;
  } catch {
    // The failure of the create is what must be told; the next up, or a destroy, finds the record.
    return false;
  }
}
