import { ExportError, isExportError } from "../../../domain/errors/export-error";
import type { GenerationAttempt } from "../../../domain/export-chain/chain-record";
import type { GenerationCondition } from "../../../domain/export-chain/generation/condition";
import { hasId } from "../../../domain/hyperv/same-id";
import type { ExportTarget } from "../../../domain/records/export-target";
import type { CheckpointAttempt } from "../../../domain/records/method-attempts/checkpoint-attempt";
import type { ExportState } from "../../../domain/reference-point-export/outputs";
import type { Checkpoint, ReferencePoint } from "../../../host/port";
import { convertCheckpoint } from "../../checkpoint/convert-checkpoint";
import { disksHeld, goneCheckpoint, makeCheckpoint } from "../../checkpoint/make-checkpoint";
import { listPoints } from "../../reference-point/attempt/what-has-come";
import { isHostError } from "../../session/host-failure";
import { findMachine } from "../../target/resolve-target";
import type { Chaining } from "../record/chaining";
import { destroyPoints } from "../removal/destroy-points";
import { mayWait } from "../removal/retain";
import { beginAnew } from "./begin-anew";
import { checkpointEvidenceIn, forget, leaveNoCheckpoint, settleCheckpoint } from "./checkpoint-of-generation";
import { discardExport, requireAttempt } from "./discard-generation";
import { describePlan, isRestorable, lostBase, planOf, refuseLostBase } from "./plan-generation";
import { evidenceIn } from "./point-of-generation";
import { basePointOf, exportedGeneration, type Made } from "./written-generation";

type Conditions = ReadonlyMap<string, GenerationCondition>;

/**
 * Brings a generation to its point by a checkpoint: that is made, exported and, once its files are whole, converted. Whatever fails, the
 * checkpoint is removed again before this returns, if the host lets it be.
 */
export async function madeByCheckpoint(chaining: Chaining, conditions: Conditions): Promise<Made> {
  const { operation, queue, file } = chaining;
  const { virtualMachineId, virtualMachineName } = requireAttempt(file.record);
  // Another chain of the machine would take this one's checkpoint for somebody else's.
  return queue.take(operation, `checkpoints of ${virtualMachineId.toUpperCase()}`, virtualMachineName, async () => {
    try {
      return await made(chaining, conditions);
    } catch (error) {
      const left = await leaveNoCheckpoint(chaining);
      if (left) operation.warn(left.message);
      throw error;
    }
  });
}

async function made(chaining: Chaining, conditions: Conditions): Promise<Made> {
  const { file } = chaining;
  const before = requireAttempt(file.record);
  // What has been written is to go, or continues what cannot be restored any more: the checkpoint of it is of no use.
  const isVoid = before.discarding === true || (before.plan !== undefined && !isRestorable(before.plan.base, conditions));
  if (isVoid) {
    await settleCheckpoint(chaining);
    await discardExport(chaining);
    await beginAnew(chaining, { isPointLost: true });
  }
  // Once a conversion has been begun, the files were whole, and the checkpoint may be a point by now.
  const { point: conversion, checkpoint: known } = requireAttempt(file.record);
  const early = conversion && known ? await converted(chaining, known) : undefined;
  const checkpoint = early ? undefined : await standing(chaining, conditions);
  const isPlanOld = requireAttempt(file.record).plan !== undefined;
  const { plan, checkpoint: ours } = await planned(chaining, conditions, checkpoint);
  const state = await exported(chaining, ours, checkpoint, isPlanOld);
  const point = early ?? (await converted(chaining, ours));
  return { attempt: { ...requireAttempt(file.record), plan }, state, consistency: point.consistency };
}

/** Uses the attempt. Produces its checkpoint. */
async function standing(chaining: Chaining, conditions: Conditions): Promise<Checkpoint> {
  const { operation, queue, inputs, file } = chaining;
  const attempt = requireAttempt(file.record);
  if (attempt.checkpoint === undefined) await refuseLostBase(chaining, attempt, conditions);
  const machine = await findMachine(operation, { virtualMachine: attempt.virtualMachineId });
  const { consistency, ignoreUnsupportedDisks, timeouts } = inputs;
  const evidence = checkpointEvidenceIn(chaining);
  return makeCheckpoint(operation, queue, { machine, consistency, ignoreUnsupportedDisks, stall: timeouts.stall, evidence });
}

/** Uses the checkpoint. Produces what the generation is to be: decided once, so that a killed run's export is gone on with. */
async function planned(
  chaining: Chaining,
  conditions: Conditions,
  checkpoint: Checkpoint | undefined,
): Promise<{ plan: NonNullable<GenerationAttempt["plan"]>; checkpoint: CheckpointAttempt }> {
  const { operation, file } = chaining;
  const attempt = requireAttempt(file.record);
  const { plan, checkpoint: ours } = attempt;
  if (ours === undefined) throw new TypeError("the generation has no checkpoint");
  if (plan) return { plan, checkpoint: ours };
  if (checkpoint === undefined) throw new TypeError("the checkpoint was converted before anything was planned");
  const diskIds = disksHeld(ours, checkpoint).map(({ instanceId }) => instanceId);
  const made = { ...(await planOf(chaining, attempt, conditions, diskIds)), diskIds };
  await file.change({ attempt: { ...attempt, plan: made } });
  operation.progress(describePlan(made));
  return { plan: made, checkpoint: ours };
}

/**
 * Uses checkpoint and plan. Produces the finished export below the chain's directory.
 *
 * @param isPlanOld whether an earlier run has planned it: its base may be gone since
 */
async function exported(
  chaining: Chaining,
  ours: CheckpointAttempt,
  checkpoint: Checkpoint | undefined,
  isPlanOld: boolean,
): Promise<ExportState> {
  const { file } = chaining;
  const attempt = requireAttempt(file.record);
  const { checkpointId } = ours;
  if (checkpointId === undefined) throw new TypeError("the checkpoint is not known");
  const base = attempt.plan && basePointOf(file.record, attempt.plan);
  const { label, virtualMachineId } = attempt;
  const of = { label, virtualMachineId, referencePointId: checkpointId, checkpointId, baseReferencePointId: base };
  const resolve = async () => {
    const target = targetOf(chaining, ours, checkpoint, base);
    const lost = isPlanOld ? await lossOf(chaining, ours, base) : undefined;
    if (lost) throw lost;
    return target;
  };
  try {
    return await exportedGeneration(chaining, of, attempt.exportId, resolve);
  } catch (error) {
    // It may have gone since the plan: what follows takes several requests, and perhaps a wait for another export of the machine.
    const lost = isOfArguments(error) ? await lossOf(chaining, ours, base).catch(() => undefined) : undefined;
    throw lost ?? error;
  }
}

/** Hyper-V tells a base that is gone from no other argument. */
function isOfArguments(error: unknown): boolean {
  return isExportError(error) && isHostError(error.cause) && error.cause.kind === "invalidParameter";
}

async function lossOf({ operation }: Chaining, ours: CheckpointAttempt, base: string | undefined): Promise<ExportError | undefined> {
  if (base === undefined) return undefined;
  const points = (await listPoints(operation, ours)).map(({ id }) => id);
  return hasId(points, base) ? undefined : lostBase(ours.virtualMachineName, base, points);
}

function targetOf(
  { inputs }: Chaining,
  ours: CheckpointAttempt,
  checkpoint: Checkpoint | undefined,
  base: string | undefined,
): ExportTarget {
  const { virtualMachineId, virtualMachineName, checkpointId = "", disksLeftOut } = ours;
  // Once it is converted, what has been lost of its files cannot be written again.
  if (checkpoint === undefined) throw goneCheckpoint(virtualMachineName, checkpointId);
  return {
    virtualMachineId,
    virtualMachineName,
    referencePointId: checkpointId,
    ...(base !== undefined && { baseReferencePointId: base }),
    // Only its point tells.
    consistency: "unknown",
    disksToExport: [],
    disks: disksHeld(ours, checkpoint),
    checkpoint: { intent: inputs.intent, ...(disksLeftOut && { disksLeftOut }) },
  };
}

/** Uses the finished export. Produces the point that the checkpoint has become, of the consistency that is asked for. */
async function converted(chaining: Chaining, ours: CheckpointAttempt): Promise<ReferencePoint> {
  const { operation, queue, inputs } = chaining;
  const { virtualMachineId, virtualMachineName, checkpointId = "", consistency, jobPath } = ours;
  const isWithoutJobs = jobPath === undefined;
  const evidence = evidenceIn(chaining);
  const { stall } = inputs.timeouts;
  const request = { virtualMachineId, virtualMachineName, checkpointId, isWithoutJobs, consistency, stall, evidence };
  const point = await convertCheckpoint(operation, queue, request);
  if (point.consistency === "application" || inputs.consistency === "crash") return point;
  const got = point.consistency === "crash" ? "is only crash-consistent" : "does not tell how consistent it is";
  if (inputs.consistency === "application-if-possible") {
    operation.warn(`The reference point ${point.id} of ${virtualMachineName} ${got}.`);
    return point;
  }
  await forget(chaining);
  await mayWait(chaining, destroyPoints(chaining, [{ virtualMachineId, referencePointId: point.id }]));
  const reason = `the host made ${point.id}, which ${got}`;
  throw new ExportError("not-application-consistent", { step: "make the generation", subject: virtualMachineName, reason });
}
