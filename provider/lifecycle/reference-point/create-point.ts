import type { ExportError } from "../../domain/errors/export-error";
import { sameId } from "../../domain/hyperv/same-id";
import type { PointState } from "../../domain/reference-point/outputs";
import { digestOfPoint, type PointEntry } from "../../domain/reference-point/point-record";
import type { PointInputs } from "../../domain/reference-point/properties";
import type { ReferencePoint, VirtualMachine } from "../../host/port";
import { explain, isSuperseded } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { Unfinished } from "../session/unfinished";
import { findMachine } from "../target/resolve-target";
import { isEnough, makePoint } from "./attempt/make-point";
import { listPoints } from "./attempt/what-has-come";
import { awaitBaseUses } from "./base-uses";
import { takeFormerAttempts } from "./killed-runs/former-record";
import { nameForgotten } from "./killed-runs/name-forgotten";
import { settleOtherMachine } from "./killed-runs/other-machine";
import { KeptRecord } from "./record/kept-record";

/**
 * Makes the point of a resource, or goes on with what an earlier run of the same resource has begun. A point that is made already, of a
 * killed create or of a half that a forced replacement is about to delete, gets the id of this create: whoever knows the old one has no say
 * in it any more.
 *
 * @param recordId fresh for a new resource; known for one that is to be finished
 * @param isKnown whether the engine has spoken of a resource with an id, or made one of a URN, in this process
 */
export async function createPoint(
  operation: Operation,
  queue: MachineQueue,
  inputs: PointInputs,
  recordId: string,
  isKnown: (id: string) => boolean,
): Promise<PointState> {
  const machine = await findMachine(operation, inputs);
  const digest = digestOfPoint(machine.id, inputs);
  await takeFormerAttempts(operation, inputs, digest, isKnown);
  const record = await KeptRecord.open(operation, inputs.createUrn);
  await settleOtherMachine(operation, queue, record, recordId, machine, inputs.timeouts.stall);
  const fresh: PointEntry = {
    id: recordId,
    virtualMachineId: machine.id,
    virtualMachineName: machine.name,
    digest,
  };
  const begun = await entryToGoOnWith(operation, record, fresh, inputs);
  if (begun && begun.id !== recordId) await record.put({ ...begun, id: recordId }, begun.id);
  await nameForgotten(operation, record, recordId, isKnown);
  const entry = { ...(begun ?? fresh), id: recordId };
  const there = await pointOf(operation, entry, inputs);
  if (there) {
    operation.did("took over the point that is there");
    await awaitBaseUses(operation, there.id);
    return stateOf(inputs, entry, there, operation);
  }
  try {
    const { attempt: _, ...bare } = entry;
    const request = { machine, consistency: inputs.consistency, stall: inputs.timeouts.stall, evidence: record.evidenceFor(bare) };
    const point = await makePoint(operation, queue, request);
    await awaitBaseUses(operation, point.id);
    return stateOf(inputs, record.entryOf(recordId) ?? entry, point, operation);
  } catch (error) {
    const reason = explain(error, "make a reference point", machine.name, "CreateReferencePoint");
    // What the other run has made is not this one's to keep in the state.
    if (isSuperseded(reason)) throw reason;
    if (await isReleased(operation, record, recordId)) throw reason;
    throw new Unfinished(unfinishedState(inputs, recordId, machine, reason), reason);
  }
}

/** The entry of this id, or one that the same arguments have begun: with a point that is there, else with an attempt. */
async function entryToGoOnWith(
  operation: Operation,
  record: KeptRecord,
  fresh: PointEntry,
  inputs: PointInputs,
): Promise<PointEntry | undefined> {
  const own = record.entryOf(fresh.id);
  if (own?.digest === fresh.digest) return own;
  const same = record.entries.filter(({ digest }) => digest === fresh.digest);
  for (const entry of same) if (await pointOf(operation, entry, inputs)) return entry;
  return same.find(({ attempt, referencePointId }) => attempt !== undefined && referencePointId === undefined);
}

/** The entry's point, where it is listed and what is asked for. */
async function pointOf(
  operation: Operation,
  { virtualMachineId, virtualMachineName, referencePointId }: PointEntry,
  { consistency }: PointInputs,
): Promise<ReferencePoint | undefined> {
  if (referencePointId === undefined) return undefined;
  const listed = await listPoints(operation, { virtualMachineId, virtualMachineName });
  return listed.find((point) => sameId(point.id, referencePointId) && isEnough(point.consistency, consistency));
}

/** Nothing has come of it: then the engine need not know of it. */
async function isReleased(operation: Operation, record: KeptRecord, recordId: string): Promise<boolean> {
  const entry = record.entryOf(recordId);
  if (entry === undefined) return true;
  if (entry.attempt?.isRefused !== true) return false;
  try {
    await record.remove(recordId);
    return true;
  } catch (error) {
    operation.progress(explain(error, "give the record back", entry.virtualMachineName).reason);
    return false;
  }
}

function stateOf(inputs: PointInputs, entry: PointEntry, point: ReferencePoint, operation: Operation): PointState {
  return {
    ...inputs,
    recordId: entry.id,
    virtualMachineId: entry.virtualMachineId,
    virtualMachineName: entry.virtualMachineName,
    referencePointId: point.id,
    madeConsistency: point.consistency,
    diskIds: [...point.diskIds],
    createdAt: entry.createdAt ?? operation.timestamp(),
    status: "intact",
    problems: [],
  };
}

function unfinishedState(inputs: PointInputs, recordId: string, { id, name }: VirtualMachine, reason: ExportError): PointState {
  return {
    ...inputs,
    recordId,
    virtualMachineId: id,
    virtualMachineName: name,
    status: "incomplete",
    problems: [`point-unfinished: ${reason.reason}`],
  };
}
