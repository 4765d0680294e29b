import { ExportError } from "../../domain/errors/export-error";
import { type ChainProblem, describeChainProblems } from "../../domain/export-chain/chain-problem";
import type { ChainGeneration } from "../../domain/export-chain/chain-record";
import { type ChainState, inputsOfState } from "../../domain/export-chain/outputs";
import { sameId } from "../../domain/hyperv/same-id";
import type { ExportedFile } from "../../domain/records/exported-file";
import { describeOwner } from "../../domain/records/owner";
import { parsePortion, portionOf } from "../../domain/reference-point-export/portion";
import { describeProblems } from "../../domain/reference-point-export/problem";
import { verifyContent } from "../directory/inspect";
import { outOfReach, requireSameMachine } from "../directory/look";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { chainStateOf, restorableNow } from "./condition/chain-state";
import { conditionsIn, type InspectedChain, inspectChain } from "./condition/inspect-chain";
import { leaveNoCheckpoint } from "./generation/checkpoint-of-generation";
import { type ChainFile, type ChainLook, lookAtChain, movedChain, unreadableRecord } from "./record/chain-file";

const LOOK_UP = "look up the chain";

/**
 * How the chain stands. Undefined when it is positively gone: the directory is absent under a parent that is present. What is out of reach
 * is an error, never gone.
 */
export async function readChain(operation: Operation, queue: MachineQueue, state: ChainState): Promise<ChainState | undefined> {
  const { directory, hostMachineId } = state;
  const look = await lookAtChain(operation, directory);
  const isOurs = look.kind === "chain" && sameId(look.file.record.chainId, state.chainId);
  // A directory of that name on another machine tells no more than an absent one.
  const machine = { exportDirectory: directory, ...(hostMachineId !== undefined && { hostMachineId }) };
  if (!isOurs && look.kind !== "volumeMissing" && look.kind !== "parentMissing") await requireSameMachine(operation, machine);
  if (look.kind === "absent") return undefined;
  if (look.kind === "parentMissing" || look.kind === "volumeMissing" || look.kind === "notDirectory")
    throw outOfReach(look, directory, { known: true, of: "chain" });
  if (!isOurs) return withoutRecord(operation, state, look);
  const { file } = look;
  // A refresh changes nothing, but for this: what a killed run has left here fills the volume of the machine's disks.
  const left = await leaveNoCheckpoint({ operation, queue, inputs: inputsOfState(state), file });
  return readOwn(operation, state, file, left);
}

/** A chain that the stack does not manage, by its id. */
export async function lookUpChain(operation: Operation, state: ChainState): Promise<ChainState> {
  const { directory, chainId } = state;
  const look = await lookAtChain(operation, directory);
  if (look.kind === "volumeMissing" || look.kind === "notDirectory") throw outOfReach(look, directory, { of: "chain" });
  if (look.kind === "unreadable") throw unreadableRecord(LOOK_UP, directory, look.reason);
  if (look.kind === "copy") throw movedChain(LOOK_UP, look.file);
  if (look.kind === "chain" && sameId(look.file.record.chainId, chainId)) return readOwn(operation, state, look.file);
  const reason = look.kind === "chain" ? `it holds the chain ${look.file.record.chainId}` : "it holds no chain";
  throw new ExportError("chain-not-found", { step: LOOK_UP, subject: directory, reason: `${reason}; asked for was ${chainId}` });
}

/** The generations may be as whole as ever: only nobody can tell by the chain. */
function withoutRecord(operation: Operation, state: ChainState, look: ChainLook): ChainState {
  const problem = recordProblem(look);
  operation.warn(`The chain in ${state.directory} has lost its record: ${describeChainProblems([problem])[0]}`);
  return { ...state, status: "damaged", problems: describeChainProblems([problem]) };
}

function recordProblem(look: ChainLook): ChainProblem {
  if (look.kind === "unreadable") return { code: "record-unreadable", detail: look.reason };
  if (look.kind === "copy") return { code: "record-missing", detail: `the one that is there is of ${look.file.record.canonicalPath}` };
  if (look.kind === "chain") return { code: "record-of-another-chain", detail: `it belongs to ${describeOwner(look.file.record.owner)}` };
  return { code: "record-missing", detail: "there is none in the directory" };
}

async function readOwn(operation: Operation, state: ChainState, file: ChainFile, left?: ExportError): Promise<ChainState> {
  const chaining = { operation, inputs: inputsOfState(state), file };
  const inspected = await inspectChain(chaining);
  const content = await contentProblems(operation, state, file, inspected);
  const conditions = conditionsIn(file.record.generations, inspected, content.alteredFiles);
  const found = chainStateOf(chaining, {
    inspected,
    conditions,
    altered: content.problems,
    ...(left && { checkpointLeft: `${left.subject}: ${left.reason}. ${left.remedy}` }),
  });
  const { owner } = file.record;
  if (found.problems.length > 0) {
    const listed = found.problems.map((problem) => `\n  ${problem}`).join("");
    operation.warn(`The chain in ${state.directory} is not whole:${listed}\n${sentence(restorableNow(file, conditions))}`);
  }
  if (inspected.leftovers.length > 0) {
    operation.warn(
      `${state.directory} holds half-written records that a killed run left: ${inspected.leftovers.join(", ")}; the next change removes them`,
    );
  }
  return {
    ...found,
    // As a look-up has asked for it: to the engine, another letter case would be another resource.
    chainId: state.chainId,
    // A rename that was given up half way has left its name in the record: the next up has something to mend.
    createUrn: state.createUrn === "" ? "" : owner.urn,
    ...(state.hostMachineId !== undefined && { hostMachineId: state.hostMachineId }),
    ...content.progress,
    alteredFiles: content.alteredFiles,
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

interface ContentCheck {
  /** Sentences, by the label of the generation. */
  readonly problems: ReadonlyMap<string, readonly string[]>;
  /** "label/path" */
  readonly alteredFiles: readonly string[];
  readonly progress: Pick<ChainState, "nextPortion">;
}

/** Reads this refresh's portion of the whole chain, and again what was found altered before. */
async function contentProblems(
  operation: Operation,
  { verification, nextPortion = 0, alteredFiles = [] }: ChainState,
  { record }: ChainFile,
  inspected: InspectedChain,
): Promise<ContentCheck> {
  const parsed = parsePortion(verification.portion);
  const of = parsed.ok ? parsed.value.of : 1;
  const index = nextPortion % of;
  const byContent = verification.level === "content";
  const files = record.generations.flatMap((generation) => filesOf(generation, inspected));
  const due = new Set([...(byContent ? portionOf(files, of, index) : []).map(({ path }) => path), ...alteredFiles]);
  const problems = new Map<string, readonly string[]>();
  const altered: string[] = [];
  for (const { label } of record.generations) {
    const view = inspected.generations.get(label)?.view;
    const wanted = inspected.generations.get(label)?.files.filter(({ path }) => due.has(`${label}/${path}`)) ?? [];
    const readable = new Set(view?.entries.filter(({ kind }) => kind === "file").map(({ path }) => operation.paths.fold(path)));
    if (view === undefined) continue;
    const found = await verifyContent(
      operation,
      view,
      wanted.filter(({ path }) => readable.has(operation.paths.fold(path))),
    );
    if (found.length > 0) problems.set(label, describeProblems(found));
    altered.push(...found.flatMap(({ path }) => (path === undefined ? [] : [`${label}/${path}`])));
  }
  return { problems, alteredFiles: altered, progress: byContent ? { nextPortion: (index + 1) % of } : {} };
}

function filesOf({ label }: ChainGeneration, { generations }: InspectedChain): ExportedFile[] {
  return (generations.get(label)?.files ?? []).map((file) => ({ ...file, path: `${label}/${file.path}` }));
}
