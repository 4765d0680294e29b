import { randomUUID } from "node:crypto";
import { ExportError } from "../../domain/errors/export-error";
import { newestOf } from "../../domain/export-chain/chain-record";
import type { GenerationCondition } from "../../domain/export-chain/generation/condition";
import type { GenerationPlan } from "../../domain/export-chain/generation/generation-plan";
import type { ChainInputs } from "../../domain/export-chain/properties";
import { sameId } from "../../domain/hyperv/same-id";
import { type ExportTarget, mostBytes } from "../../domain/records/export-target";
import type { CheckpointAttempt } from "../../domain/records/method-attempts/checkpoint-attempt";
import { containsUnknown } from "../../domain/values/unknown-value";
import type { FreeBytes, VirtualDisk, VirtualMachine } from "../../host/port";
import { listCheckpoints } from "../checkpoint/checkpoint-look";
import { refuseForeignCheckpoints, settleUnsupportedDisks } from "../checkpoint/refuse-foreign";
import { requireSpace } from "../export-job/free-space";
import { UntouchedHost } from "../forecast/untouched-host";
import { askedInPreview, type NoAnswer, type PreviewLimits } from "../session/asked-in-preview";
import { BatchedHost } from "../session/batched-host";
import { Operation, type Surroundings } from "../session/operation";
import { findMachine, namedDisks } from "../target/resolve-target";
import { conditionsIn, type Foreign, inspectChain } from "./condition/inspect-chain";
import { isOutdated } from "./generation/begin-anew";
import { nextLabel } from "./generation/next-label";
import { planOf } from "./generation/plan-generation";
import { lookAtChain } from "./record/chain-file";
import type { Chaining } from "./record/chaining";
import { type ClaimedChain, claimChain } from "./record/claim-chain";
import { findChainMachine } from "./record/find-machine";
import { ownChain } from "./record/own-chain";
import { goingOf } from "./removal/retain";
import { isGenerationWanted, labelAsked } from "./wanted-generation";

/** What an up would come to. What is not known yet is undefined. */
export type ChainForecast = Told | NoAnswer;

export type Told = (Making | Resting) & {
  /** Generations that are there and taken over; undefined of a chain that the stack knows. */
  readonly takesOver: number | undefined;
  /** The directory with links resolved, where that is known. */
  readonly canonicalPath: string | undefined;
};

interface Making {
  readonly kind: "makes";
  readonly label: string | undefined;
  readonly plan: GenerationPlan | undefined;
  readonly disks: number | undefined;
  readonly mostBytes: number | undefined;
  readonly freeBytes: FreeBytes;
  /** It goes on with one that an earlier run has begun. */
  readonly isBegun: boolean;
  /** Labels that retention lets go. */
  readonly removes: readonly string[];
}

/** No generation. */
interface Resting {
  readonly kind: "rests";
  readonly removes: readonly string[];
}

/** How the stack knows the chain: by its id, or not yet. */
export interface ChainKnown {
  readonly chainId: string | undefined;
  /** What the resource was called before. */
  readonly formerUrns: readonly string[];
}

type Thinking = Omit<Chaining, "queue">;

/**
 * Thinks an up of a chain through, up to the making of a point, on a host that is only asked: by the code of the up itself, so that it is
 * refused by what would refuse that.
 */
export function forecastChain(
  surroundings: Surroundings,
  inputs: ChainInputs,
  limits: PreviewLimits,
  known: ChainKnown,
): Promise<ChainForecast> {
  return askedInPreview<ChainForecast>(surroundings, limits, async (reached, whole) => {
    const untouched = new UntouchedHost(reached.host);
    const operation = new Operation({ ...reached, host: new BatchedHost(untouched) }, whole, "the limit of a preview");
    if (containsUnknown(inputs.directory)) return ofMachineAlone(operation, inputs);
    const held = await heldChain(operation, inputs, known);
    const chaining = { operation, inputs, file: held.file };
    const inspected = held.isNew ? undefined : await inspectChain(chaining);
    const conditions = inspected ? conditionsIn(held.file.record.generations, inspected) : new Map<string, GenerationCondition>();
    const freeBytes = inspected ? inspected.freeBytes : untouched.freeBytes;
    const takesOver = known.chainId === undefined && !held.isNew ? held.file.record.generations.length : undefined;
    const canonicalPath = inspected ? held.file.canonicalPath : untouched.canonicalPath;
    const there = { conditions, freeBytes, foreign: inspected?.foreign ?? [] };
    return { ...(await thinkThrough(chaining, held, there)), takesOver, canonicalPath };
  });
}

/** Where the chain is to be is not known yet. */
async function ofMachineAlone(operation: Operation, inputs: ChainInputs): Promise<ChainForecast> {
  const machine = await findMachine(operation, inputs);
  const disks = await chosenDisks(operation, inputs, machine, undefined);
  return {
    kind: "makes",
    label: undefined,
    plan: undefined,
    disks: disks.length,
    mostBytes: mostBytes(targetOf(machine, disks, undefined)),
    freeBytes: undefined,
    isBegun: false,
    takesOver: undefined,
    removes: [],
    canonicalPath: undefined,
  };
}

/** The record as it would be once the up has claimed it, and the machine. */
async function heldChain(operation: Operation, inputs: ChainInputs, { chainId, formerUrns }: ChainKnown): Promise<ClaimedChain> {
  const { directory } = inputs;
  const look = await lookAtChain(operation, directory);
  if (chainId !== undefined && (look.kind === "chain" || look.kind === "bare" || look.kind === "unreadable")) {
    const file = await ownChain(operation, look, "update the chain", { chainId, directory, createUrn: inputs.createUrn });
    return { file, machine: await findChainMachine(operation, inputs, file.record), isNew: false };
  }
  // The update takes over a chain of its own that has moved, as its plan has found it.
  const isMoved = chainId !== undefined && look.kind === "copy" && look.file.record.chainId === chainId;
  const owner = look.kind === "chain" ? look.file.record.owner.urn : "";
  const createUrn = formerUrns.includes(owner) ? owner : inputs.createUrn;
  return claimChain(operation, { ...inputs, createUrn, ...(isMoved && { onExisting: "adopt" }) }, chainId ?? randomUUID());
}

/** What a look at the chain's directory has told. */
interface There {
  readonly conditions: Map<string, GenerationCondition>;
  readonly freeBytes: FreeBytes;
  readonly foreign: readonly Foreign[];
}

async function thinkThrough(
  chaining: Thinking,
  { machine: { machine } }: ClaimedChain,
  { conditions, freeBytes, foreign }: There,
): Promise<Making | Resting> {
  const { operation, inputs, file } = chaining;
  const { removing } = file.record;
  const begun = file.record.attempt;
  const attempt = begun && isOutdated(begun, inputs) ? undefined : begun;
  const goesAnyway = goingOf(chaining, file.record, conditions);
  const isUnknown = containsUnknown(inputs.generation) || containsUnknown(inputs.triggers);
  if (attempt === undefined && !isUnknown && !isGenerationWanted(chaining, conditions)) {
    return { kind: "rests", removes: [...removing, ...goesAnyway].map(({ label }) => label) };
  }
  const disks = await chosenDisks(operation, inputs, machine, attempt?.checkpoint);
  const asked = containsUnknown(inputs.generation) ? undefined : labelAsked(chaining);
  const label = attempt?.label ?? (asked === undefined ? undefined : await nextLabel(chaining, asked, foreign));
  const planned = { label: label ?? "", virtualMachineId: machine.id, virtualMachineName: machine.name };
  const diskIds = disks.map(({ instanceId }) => instanceId);
  const plan = containsUnknown(inputs.baseReferencePoint) ? undefined : await planOf(chaining, planned, conditions, diskIds);
  const isOfChain = plan?.kind === "differential" && plan.base !== undefined;
  const base = isOfChain ? newestOf(file.record)?.referencePointId : inputs.baseReferencePoint;
  const target = targetOf(machine, disks, base);
  // What has been written of one that is begun is in the space that it needs.
  if (attempt === undefined) {
    const bytes = goesAnyway.reduce((sum, generation) => sum + generation.bytes, 0);
    requireSpace(operation, target, file.directory, freeBytes, { bytes, by: "what keep lets go of" });
  }
  return {
    kind: "makes",
    label,
    plan,
    disks: disks.length,
    mostBytes: mostBytes(target),
    freeBytes,
    isBegun: attempt !== undefined,
    removes: [...removing.map((each) => each.label), ...removedAfter(chaining, conditions, planned.label, plan, machine)],
  };
}

/** Labels that retention lets go once the generation is there. */
function removedAfter(
  chaining: Thinking,
  conditions: ReadonlyMap<string, GenerationCondition>,
  label: string,
  plan: GenerationPlan | undefined,
  { id }: VirtualMachine,
): string[] {
  const { operation, file } = chaining;
  const made = {
    label,
    asked: label,
    exportId: "-",
    madeAt: operation.timestamp(),
    kind: plan?.kind ?? "differential",
    ...(plan?.kind === "differential" && plan.base !== undefined && { base: plan.base }),
    virtualMachineId: id,
    referencePointId: "-",
    consistency: "unknown",
    diskIds: [],
    manifestSha256: "",
    bytes: 0,
  } as const;
  const record = { ...file.record, generations: [...file.record.generations, { ...made, diskIds: [] }] };
  return goingOf(chaining, record, new Map([...conditions, [label, "intact" as const]])).map((each) => each.label);
}

/**
 * The disks that the generation is to hold: of a point every one, of a checkpoint those that it can.
 *
 * @param ours the checkpoint that an earlier run has begun
 */
async function chosenDisks(
  operation: Operation,
  { via, disks, ignoreUnsupportedDisks, secretInputs }: ChainInputs,
  machine: VirtualMachine,
  ours: CheckpointAttempt | undefined,
): Promise<readonly VirtualDisk[]> {
  if (machine.disks.length === 0) {
    const reason = "the machine has no virtual hard disk";
    throw new ExportError("no-disks", { step: "make a reference point", subject: machine.name, reason });
  }
  if (via === "checkpoint") {
    const listed = await listCheckpoints(operation, { virtualMachineId: machine.id, virtualMachineName: machine.name });
    if (ours === undefined) refuseForeignCheckpoints(machine.name, listed, operation.timestamp());
    // While its checkpoint stands, the machine's files are differences: the disks are as they were before.
    const known: readonly VirtualDisk[] =
      ours?.disks.map(({ allocatedBytes, ...disk }) => ({ ...disk, ...(allocatedBytes !== undefined && { allocatedBytes }) })) ??
      machine.disks;
    settleUnsupportedDisks(operation, machine.name, listed, containsUnknown(ignoreUnsupportedDisks) || ignoreUnsupportedDisks);
    return known.filter(({ instanceId }) => !listed.unsupportedDisks.some((one) => sameId(one.instanceId, instanceId)));
  }
  if (disks === undefined || containsUnknown(disks)) return machine.disks;
  return namedDisks(operation, machine, disks, secretInputs);
}

function targetOf({ id, name }: VirtualMachine, disks: readonly VirtualDisk[], base: string | undefined): ExportTarget {
  return {
    virtualMachineId: id,
    virtualMachineName: name,
    referencePointId: "-",
    ...(base !== undefined && { baseReferencePointId: base }),
    consistency: "unknown",
    disksToExport: [],
    disks: disks.map((disk) => ({ ...disk })),
  };
}
