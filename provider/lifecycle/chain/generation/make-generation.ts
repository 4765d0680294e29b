import type { ChainGeneration, GenerationAttempt } from "../../../domain/export-chain/chain-record";
import { digestOfTriggers } from "../../../domain/export-chain/demand";
import type { GenerationCondition } from "../../../domain/export-chain/generation/condition";
import type { ExportState } from "../../../domain/reference-point-export/outputs";
import type { VirtualMachine } from "../../../host/port";
import { makePoint } from "../../reference-point/attempt/make-point";
import { findMachine, namedDisks, resolveTarget } from "../../target/resolve-target";
import { type Chaining, type ExportOfChain, exportInputsOf } from "../record/chaining";
import { retained } from "../removal/retain";
import { beginAnew, isBegunAnew } from "./begin-anew";
import { madeByCheckpoint } from "./by-checkpoint";
import { discardExport, requireAttempt } from "./discard-generation";
import { labelMade } from "./label-made";
import { givenUp, Occupied } from "./occupied";
import { describePlan, isRestorable, planOf, refuseLostBase } from "./plan-generation";
import { evidenceIn } from "./point-of-generation";
import { baseOf, basePointOf, exportedGeneration, type Made, type Plan } from "./written-generation";

/** What is lost twice in one operation is no accident. */
const TRIES = 3;

/** How long that write may take, beyond the operation's own time. */
const NOTE_LIMIT_MS = 10_000;

type Conditions = ReadonlyMap<string, GenerationCondition>;

/**
 * Begins a generation: from then on the record says that it is under way.
 *
 * @param names what it is to be called, and its name below the chain's directory
 */
export async function beginGeneration(
  { operation, inputs, file }: Chaining,
  machine: VirtualMachine,
  names: Pick<GenerationAttempt, "asked" | "label">,
): Promise<void> {
  const attempt: GenerationAttempt = {
    ...names,
    exportId: operation.surroundings.newExportId(),
    startedAt: operation.timestamp(),
    virtualMachineId: machine.id,
    virtualMachineName: machine.name,
    triggersSha256: digestOfTriggers(inputs.triggers),
  };
  await file.change({ attempt });
}

/**
 * Brings the generation that is under way to its end, from wherever an earlier run stopped: its point, its export, then the record, in
 * one change with what retention gives up for it. Nothing is removed before.
 *
 * @param conditions how the generations stand; the new one is added
 */
export async function finishGeneration(chaining: Chaining, conditions: Map<string, GenerationCondition>): Promise<void> {
  const { operation, file } = chaining;
  for (let tried = 1; ; tried++) {
    const isPointNew = requireAttempt(file.record).point?.referencePointId === undefined;
    try {
      const way = file.record.via === "checkpoint" ? madeByCheckpoint : madeByPoint;
      return await finish(chaining, await way(chaining, conditions), conditions);
    } catch (error) {
      if (error instanceof Occupied) throw await givenUp(chaining, error);
      if (tried === TRIES || !(await isBegunAnew(chaining, error, isPointNew))) {
        await file.keepNoted(operation.extended(NOTE_LIMIT_MS).limited(NOTE_LIMIT_MS));
        throw error;
      }
      operation.warn(`${(error as Error).message}\nThe generation is begun anew.`);
    }
  }
}

/** Brings a generation to its end by a point: that is made, then exported. */
async function madeByPoint(chaining: Chaining, conditions: Conditions): Promise<Made> {
  if (chaining.file.record.attempt?.discarding) {
    await discardExport(chaining);
    await beginAnew(chaining, { isPointLost: false });
  }
  const attempt = await planned(chaining, requireAttempt(chaining.file.record), conditions);
  const state = await exported(chaining, attempt, attempt.plan);
  return { attempt, state, consistency: state.consistency ?? "unknown" };
}

/** Uses the attempt. Produces it with its point and with what it is to be: decided once, so that a killed run's export is gone on with. */
async function planned(
  chaining: Chaining,
  attempt: GenerationAttempt,
  conditions: Conditions,
): Promise<GenerationAttempt & { readonly plan: Plan }> {
  const { operation, queue, inputs, file } = chaining;
  if (attempt.plan && isRestorable(attempt.plan.base, conditions)) return { ...attempt, plan: attempt.plan };
  if (attempt.plan) {
    operation.warn(`${attempt.plan.base}, which the unfinished generation ${attempt.label} was to continue, cannot be restored any more.`);
    await discardExport(chaining);
    await beginAnew(chaining, { isPointLost: false });
    return planned(chaining, requireAttempt(file.record), conditions);
  }
  if (attempt.point === undefined) {
    await refuseLostBase(chaining, attempt, conditions);
    // A slip in a name must not make a point each night.
    if (inputs.disks) {
      const machine = await findMachine(operation, { virtualMachine: attempt.virtualMachineId });
      namedDisks(operation, machine, inputs.disks, inputs.secretInputs);
    }
  }
  const machine = { id: attempt.virtualMachineId, name: attempt.virtualMachineName };
  const { consistency, timeouts } = inputs;
  const point = await makePoint(operation, queue, { machine, consistency, stall: timeouts.stall, evidence: evidenceIn(chaining) });
  const target = await resolveTarget(operation, exportInputsOf(chaining, exportOf(attempt, point.id, undefined)));
  const diskIds = target.disks.map(({ instanceId }) => instanceId);
  const plan = await planOf(chaining, attempt, conditions, diskIds);
  const named = inputs.disks === undefined ? {} : { disksToExport: diskIds };
  const made = { ...requireAttempt(file.record), plan: { ...plan, diskIds, ...named } };
  await file.change({ attempt: made });
  operation.progress(describePlan(plan));
  return made;
}

function exportOf(
  { label, virtualMachineId }: GenerationAttempt,
  referencePointId: string,
  baseReferencePointId: string | undefined,
): ExportOfChain {
  return { label, virtualMachineId, referencePointId, baseReferencePointId };
}

/** Uses the plan. Produces the finished export below the chain's directory. */
function exported(chaining: Chaining, attempt: GenerationAttempt, plan: Plan): Promise<ExportState> {
  const of = exportOf(attempt, pointOf(attempt), basePointOf(chaining.file.record, plan));
  return exportedGeneration(chaining, of, attempt.exportId, undefined, plan.disksToExport);
}

function pointOf({ point }: GenerationAttempt): string {
  if (point?.referencePointId === undefined) throw new TypeError("the generation has a plan and no point");
  return point.referencePointId;
}

/** Uses the finished export. Produces the record with the generation in it, and without those that retention gives up. */
async function finish(
  chaining: Chaining,
  { attempt, state, consistency }: Made,
  conditions: Map<string, GenerationCondition>,
): Promise<void> {
  const { file } = chaining;
  const { exportId, manifestSha256 = "", totalBytes = 0 } = state;
  const { label, asked, startedAt, virtualMachineId, virtualMachineName, triggersSha256, point, checkpoint, plan } = attempt;
  const { diskIds, disksToExport: _, ...kind } = plan;
  const base = baseOf(file.record, plan);
  const generation: ChainGeneration = {
    label,
    asked,
    exportId,
    madeAt: (checkpoint ?? point)?.startedAt ?? startedAt,
    ...kind,
    ...(base && { baseManifestSha256: base.manifestSha256 }),
    virtualMachineId,
    referencePointId: pointOf(attempt),
    ...(checkpoint?.checkpointId !== undefined && { checkpointId: checkpoint.checkpointId }),
    consistency,
    diskIds,
    manifestSha256,
    bytes: totalBytes,
  };
  conditions.set(label, isRestorable(base?.label, conditions) ? "intact" : "baseChanged");
  const record = { ...file.record, generations: [...file.record.generations, generation] };
  await file.change({
    ...labelMade(chaining, record),
    ...retained(chaining, record, conditions),
    attempt: undefined,
    triggersSha256,
    virtualMachineId,
    virtualMachineName,
  });
  chaining.operation.did(`made ${label}`);
}
