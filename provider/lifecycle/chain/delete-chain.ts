import { ExportError } from "../../domain/errors/export-error";
import type { ChainGeneration, ChainPoint } from "../../domain/export-chain/chain-record";
import { generationOfLine } from "../../domain/export-chain/generation/generation-line";
import { type ChainState, inputsOfState } from "../../domain/export-chain/outputs";
import { sameId } from "../../domain/hyperv/same-id";
import { nameSome } from "../../domain/listing/foreign-files";
import { describeOwner, ownerOfUrn } from "../../domain/records/owner";
import { isChainLeftover } from "../../domain/records/record-names";
import type { DirectoryEntry } from "../../host/port";
import { outOfReach, requireSameMachine } from "../directory/look";
import { destroyPoint } from "../reference-point/attempt/destroy-point";
import { explain } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import type { GoesOn } from "./declared-chains";
import { leaveNoCheckpoint } from "./generation/checkpoint-of-generation";
import { discardExport } from "./generation/discard-generation";
import { settleGeneration } from "./generation/settle-generation";
import { type ChainFile, LOOK_STEP, lookAtChain, movedChain, unreadableRecord } from "./record/chain-file";
import type { Chaining } from "./record/chaining";
import { removeRecord } from "./record/claim-chain";
import { destroyPoints } from "./removal/destroy-points";
import { letGo, removeGivenUp } from "./removal/remove-generations";
import { withWhatIsGone } from "./removal/what-is-gone";

const STEP = "delete the chain";

/**
 * Makes the chain untrue: its generations from the newest to the oldest, then our points, then the record, then the directory if nothing
 * foreign is left in it. Gone already is success; out of reach is an error.
 *
 * @param goesOn how the program goes on with it: then this is half of a replacement, and by that no generation is deleted. An edit that
 *   would replace a chain is refused by the plan; with --replace, or of a tainted resource, the engine asks for no plan.
 */
export async function deleteChain(operation: Operation, queue: MachineQueue, state: ChainState, goesOn?: GoesOn): Promise<void> {
  const { directory, chainId, hostMachineId } = state;
  const look = await lookAtChain(operation, directory);
  if (look.kind === "parentMissing" || look.kind === "volumeMissing" || look.kind === "notDirectory")
    throw outOfReach(look, directory, { known: true, of: "chain" });
  if (look.kind === "unreadable") throw unreadableRecord(STEP, directory, look.reason);
  if (look.kind === "copy") throw movedChain(STEP, look.file);
  if (look.kind === "chain" && look.file.record.chainId === chainId) {
    const chaining = { operation, queue, inputs: inputsOfState(state), file: look.file };
    if (goesOn?.kind === "here") return leaveTo(chaining, goesOn.createUrn);
    if (goesOn?.kind === "elsewhere") warnOfReplaced(chaining);
    const isKept = goesOn !== undefined || state.onDestroy === "keep";
    const deletion = isKept ? keepChain(chaining) : removeChain(chaining, labelsIn(state));
    return deletion.catch(async (error: unknown) => {
      const left = await leaveNoCheckpoint(chaining);
      if (left) operation.warn(left.message);
      throw error;
    });
  }
  await requireSameMachine(operation, { exportDirectory: directory, ...(hostMachineId !== undefined && { hostMachineId }) });
  if (look.kind === "chain") {
    operation.warn(`${directory} belongs to ${describeOwner(look.file.record.owner)} by now; nothing in it was removed`);
    operation.did("left what is another's");
    return;
  }
  if (look.kind === "bare" && state.onDestroy === "delete") await refuseWithoutRecord(operation, state);
  operation.did("it was gone already");
  if (state.onDestroy === "delete") await destroyKnownPoint(operation, queue, state);
  if (look.kind === "bare") await removeIfEmpty(operation, directory);
}

/** @param known labels of the generations that the engine's state lists, and goes on listing where this fails */
async function removeChain(chaining: Chaining, known: readonly string[]): Promise<void> {
  const { operation, file } = chaining;
  // Those that could not be written down as gone for want of room.
  let listed: ChainGeneration[] = [];
  try {
    await removeGivenUp(chaining);
    const unwritten = await endAttempt(chaining);
    for (const generation of [...file.record.generations].reverse()) {
      listed = [...listed, generation];
      // Whoever goes on with the chain after all has the declared generation made again.
      if (await letGo(chaining, listed, { labelMade: undefined })) listed = [];
    }
    await destroyPoints(chaining, [...file.record.points, ...unwritten]);
    await removeRecord(operation, file, await leftoversIn(operation, file));
    await removeIfEmpty(operation, file.directory);
  } catch (error) {
    const there = file.record.generations.filter((each) => !listed.includes(each)).map(({ label }) => label);
    throw withWhatIsGone(explain(error, STEP, file.directory), known, there);
  }
}

/** The other half of the replacement finds a chain of its own name there, and goes on with it. */
async function leaveTo({ operation, file }: Chaining, createUrn: string): Promise<void> {
  await file.change({ owner: ownerOfUrn(createUrn) });
  operation.did("left to the resource that goes on with it");
}

function warnOfReplaced({ operation, file, inputs }: Chaining): void {
  if (inputs.onDestroy === "keep") return;
  const count = file.record.generations.length;
  operation.warn(
    `The chain in ${file.directory} is replaced by one in another directory. Its ${count} generation${count === 1 ? " is" : "s are"} kept all the same, as by onDestroy: "keep": adopt the chain to go on with it, or remove the directory when nobody needs it.`,
  );
}

function labelsIn({ generations }: ChainState): string[] {
  return generations.flatMap((line) => generationOfLine(line)?.label ?? []);
}

/**
 * What is unfinished is nobody's backup. Its point is ours once it is proved, and is waited for where it is on its way.
 *
 * @returns that point, where there was no room to write it down: until then the attempt stays, by which it is found again
 */
async function endAttempt(chaining: Chaining): Promise<ChainPoint[]> {
  const { file } = chaining;
  if (file.record.attempt === undefined) return [];
  const { virtualMachineId } = file.record.attempt;
  await discardExport(chaining);
  const referencePointId = await settleGeneration(chaining);
  const isKnown = referencePointId === undefined || file.record.points.some((point) => sameId(point.referencePointId, referencePointId));
  if (!isKnown) return [{ virtualMachineId, referencePointId }];
  await file.changeIfRoom({ attempt: undefined });
  return [];
}

/** Everything stays, for whoever adopts it; only what is unfinished goes. */
async function keepChain(chaining: Chaining): Promise<void> {
  const { operation, file } = chaining;
  await endAttempt(chaining);
  await file.change({ released: true });
  const { generations, points } = file.record;
  const left =
    points.length === 0
      ? ""
      : ` and the point${points.length === 1 ? "" : "s"} ${nameSome(points.map(({ referencePointId }) => referencePointId))}`;
  operation.did(`kept ${generations.length} generations${left}`);
}

/** Without the record nobody can tell which files are the chain's; a destroy that went on would forget weeks of them. */
async function refuseWithoutRecord(operation: Operation, state: ChainState): Promise<void> {
  const { directory } = state;
  const labels = new Set(labelsIn(state));
  const left = (await topOf(operation, directory)).map(({ path }) => path).filter((name) => labels.has(name));
  if (left.length === 0) return;
  const reason = `it holds generations (${nameSome(left)}) and no record of them`;
  throw new ExportError("chain-record-missing", { step: STEP, subject: directory, reason });
}

/** Of a chain whose record is gone, the state knows one point that was ours. */
async function destroyKnownPoint(
  operation: Operation,
  queue: MachineQueue,
  { virtualMachineId, virtualMachineName = "", referencePointId, timeouts }: ChainState,
): Promise<void> {
  if (virtualMachineId === undefined || referencePointId === undefined) return;
  await destroyPoint(operation, queue, { virtualMachineId, virtualMachineName, referencePointId, stall: timeouts.stall }).catch(
    (error: unknown) => operation.warn((error as Error).message),
  );
}

async function leftoversIn(operation: Operation, { directory }: ChainFile): Promise<string[]> {
  return (await topOf(operation, directory)).filter(({ kind, path }) => kind === "file" && isChainLeftover(path)).map(({ path }) => path);
}

async function removeIfEmpty(operation: Operation, directory: string): Promise<void> {
  const remove = () => operation.host.removeEmptyDirectory({ directory });
  if ((await operation.ask("remove the emptied directory", directory, remove)) !== "notEmpty") return;
  const top = await topOf(operation, directory);
  if (top.length > 0)
    operation.warn(`${directory} was not removed: it holds what is not the chain's: ${nameSome(top.map(({ path }) => path))}`);
}

/** What lies directly in it. */
async function topOf(operation: Operation, directory: string): Promise<readonly DirectoryEntry[]> {
  const report = await operation.ask(LOOK_STEP, directory, () => operation.host.readDirectory({ directory, texts: [], list: true }));
  return report.kind === "directory" ? report.entries.filter(({ path }) => !path.includes("/")) : [];
}
