import { isExportError } from "../../domain/errors/export-error";
import { probeDiskFile, probeName, probeUrn } from "../../domain/probe/probe-record";
import type { ProbeReport } from "../../domain/probe/probe-report";
import { type ProbeExport, type ProbePoint, probeExports, probePointNames, probePoints } from "../../domain/probe/probe-steps";
import { recordFolderOf } from "../../domain/reference-point/point-record";
import type { MethodCall } from "../../host/port";
import { lookAt } from "../directory/look";
import { closeBaseUses } from "../reference-point/base-uses";
import { KeptRecord } from "../reference-point/record/kept-record";
import { explain } from "../session/host-failure";
import type { Operation } from "../session/operation";
import { runTask } from "../session/run-task";
import type { KeptProbe } from "./kept-probe";
import { exportDirectory, exportInputs, type Probing, pointInputs } from "./probe-resources";

const STEP = "remove what the probe has made";
/** A call that nobody has heard the end of may make its machine until then: WMI lets a method take two minutes, and its job one more. */
const MACHINE_COMES_WITHIN_MS = 5 * 60_000;

export interface Removal {
  readonly removed: string[];
  readonly left: string[];
  /** Not the probe's, and in its folder. */
  readonly foreign: string[];
  readonly calls: MethodCall[];
  afterBaseDestroyed?: ProbeReport["afterBaseDestroyed"];
}

/** What only the run itself knows of its probe. */
export interface KnownOfProbe {
  /** A point to look at before and after the older one goes. */
  readonly laterPoint?: string | undefined;
  /** The host has answered that it made no machine: none can come any more. */
  readonly noMachineComes?: boolean;
}

/**
 * Removes all that a probe has made, from wherever it was stopped: exports by their claims, points by their records, the machine by GUID,
 * name and notes, files by their names in the folder that was made for them. What is not provably the probe's stays and is named. The
 * record goes last, and only when nothing of the probe is left.
 */
export async function removeProbe(probing: Probing, kept: KeptProbe, known: KnownOfProbe = {}): Promise<Removal> {
  const removal: Removal = { removed: [], left: [], foreign: [], calls: [] };
  // One after the other: a machine goes only when no export of it runs, and its disk when it has none.
  for (const part of [removeExports, removePoints, removeMachine, removeFiles]) {
    await part(probing, kept, removal, known).catch((error: unknown) => {
      removal.left.push(toldOf(error));
    });
    if (removal.left.length > 0) return removal;
  }
  await kept.remove();
  return removal;
}

async function removeExports(probing: Probing, kept: KeptProbe, { removed, left, foreign }: Removal): Promise<void> {
  const { operation, doors, host } = probing;
  for (const step of Object.keys(probeExports) as ProbeExport[]) {
    if (!kept.hasBegun(step)) continue;
    const directory = exportDirectory(operation, kept, step);
    const look = await lookAt(operation, directory);
    if (look.kind === "absent" || look.kind === "parentMissing") continue;
    if (look.kind !== "view") {
      left.push(`${directory}: it cannot be looked at (${look.kind})`);
      continue;
    }
    const { claim } = look.view;
    if (claim.kind === "absent") {
      const end = await removeIfEmpty(operation, directory);
      if (end === "notEmpty") left.push(`${directory}: nothing in it says whose it is`);
    } else if (claim.kind === "damaged") left.push(`${directory}: its claim cannot be read`);
    else if (claim.value.owner.urn !== probeUrn(kept.record, step)) foreign.push(directory);
    else {
      const { exportId, finished, attempt } = claim.value;
      const base = (finished ?? attempt)?.target.baseReferencePointId;
      const inputs = exportInputs(host, directory, kept, step, kept.record.virtualMachineId ?? "");
      const properties = { ...inputs, status: "incomplete", ...(base !== undefined && { baseReferencePointId: base }) };
      await doors.deleteExport({ id: exportId, properties });
      removed.push(directory);
    }
  }
}

async function removePoints(probing: Probing, kept: KeptProbe, removal: Removal, { laterPoint }: KnownOfProbe): Promise<void> {
  const { operation } = probing;
  for (const step of probePoints) {
    if (!kept.hasBegun(step)) continue;
    const before = step === "firstPoint" && laterPoint !== undefined ? await toldOfPoint(operation, kept, laterPoint) : undefined;
    await removePoint(probing, kept, step, removal);
    if (before === undefined) continue;
    const after = await toldOfPoint(operation, kept, laterPoint ?? "");
    removal.afterBaseDestroyed = { laterPointIsListed: after !== undefined, isUnchanged: before === after };
  }
}

async function removePoint(
  { operation, doors, host }: Probing,
  kept: KeptProbe,
  step: ProbePoint,
  { removed, left }: Removal,
): Promise<void> {
  const urn = probeUrn(kept.record, step);
  const { entries } = await KeptRecord.open(operation, urn);
  for (const { id, virtualMachineId, virtualMachineName, referencePointId } of entries) {
    const known = kept.record.virtualMachineId;
    if (known === undefined || virtualMachineId.toUpperCase() !== known.toUpperCase()) {
      left.push(`the record of ${probePointNames[step]}: it is of another machine than the probe's`);
      continue;
    }
    const point = referencePointId === undefined ? { status: "incomplete" } : { status: "intact", referencePointId };
    const properties = { ...pointInputs(host, kept, step, virtualMachineId), virtualMachineId, virtualMachineName, ...point };
    try {
      await doors.deletePoint({ id, properties });
    } catch (error) {
      if (!isExportError(error) || error.code !== "virtual-machine-not-found") throw error;
      // Its points have gone with it.
      const record = await KeptRecord.open(operation, urn);
      await record.remove(id);
      if (referencePointId !== undefined) await closeBaseUses(operation, referencePointId);
    }
    removed.push(probePointNames[step]);
  }
  // One that was killed before it had written anything into it.
  const records = await operation.ask(STEP, operation.surroundings.hostName, () => operation.host.recordsDirectory());
  await removeIfEmpty(operation, operation.paths.join(records, recordFolderOf(urn)));
}

async function toldOfPoint({ host }: Operation, { record }: KeptProbe, referencePointId: string): Promise<string | undefined> {
  const { virtualMachineId = "" } = record;
  const told = await host.readInstance({ kind: "point", virtualMachineId, referencePointId });
  return told && JSON.stringify(Object.entries(told.properties).sort());
}

async function removeMachine(
  { operation }: Probing,
  kept: KeptProbe,
  { removed, left, calls }: Removal,
  { noMachineComes }: KnownOfProbe,
): Promise<void> {
  if (!kept.hasBegun("machine")) return;
  const { record } = kept;
  const name = probeName(record);
  const known = record.virtualMachineId;
  const found = await operation.ask(STEP, name, () => operation.host.findVirtualMachines(known ?? name));
  const ids = found.map(({ id }) => id).filter((id) => known === undefined || id.toUpperCase() === known.toUpperCase());
  for (const virtualMachineId of ids) {
    const key = { virtualMachineId, name, mark: record.mark, onlyIf: kept.condition() };
    const { kind, calls: made } = await operation
      .withinTime(STEP, name, operation.host.removeTestMachine(key))
      .catch((error: unknown) => Promise.reject(explain(error, STEP, name, "DestroySystem")));
    calls.push(...made);
    if (kind === "removed") removed.push(`the machine ${name}`);
    if (kind === "foreign") left.push(`the machine ${virtualMachineId}: its name or its notes are not the probe's`);
  }
  if (known !== undefined || ids.length > 0 || noMachineComes) return;
  const begun = record.begun.find(({ step }) => step === "machine")?.at ?? "";
  const wait = Date.parse(begun) + MACHINE_COMES_WITHIN_MS - operation.clock.date();
  if (wait > 0) left.push(`the machine ${name} may come yet: clean again in ${Math.ceil(wait / 60_000)} minutes`);
}

async function removeFiles({ operation }: Probing, kept: KeptProbe, { removed, foreign }: Removal): Promise<void> {
  const { folder, record } = kept;
  const { canonicalPath, virtualMachineId = "" } = record;
  if (canonicalPath !== undefined) {
    const disk = probeDiskFile(record);
    // Change tracking keeps files beside the disk's.
    const files = ["", ".rct", ".mrt"].map((extension) => disk + extension);
    const onlyIf = kept.condition();
    const ended = await runTask(operation, STEP, { kind: "remove", directory: folder, canonicalPath, files, onlyIf });
    removed.push(...ended.removed.map((file) => operation.paths.join(folder, file)));
    // Hyper-V makes them in the folder of a machine's configuration, and leaves them empty.
    for (const parent of ["Virtual Machines", "Snapshots"]) {
      for (const below of [`${parent}/${virtualMachineId}`, parent]) await removeIfEmpty(operation, operation.paths.join(folder, below));
    }
  }
  const end = await removeIfEmpty(operation, folder);
  if (end === "removed") removed.push(folder);
  // It was made empty, and what the probe has put there is gone.
  if (end === "notEmpty") foreign.push(folder);
}

function removeIfEmpty(operation: Operation, directory: string): Promise<"removed" | "notEmpty" | "absent"> {
  return operation.ask(STEP, directory, () => operation.host.removeEmptyDirectory({ directory }));
}

function toldOf(error: unknown): string {
  const { subject, reason, remedy } = explain(error, STEP, "the probe");
  return `${subject}: ${reason}. ${remedy}`;
}
