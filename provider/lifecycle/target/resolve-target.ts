import { ExportError } from "../../domain/errors/export-error";
import { isPointGone } from "../../domain/errors/gone-from-host";
import { normaliseReferencePointId } from "../../domain/hyperv/guid";
import { pathRules } from "../../domain/paths/path-rules";
import type { ExportTarget } from "../../domain/records/export-target";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { ReferencePoint, VirtualDisk, VirtualMachine } from "../../host/port";
import type { Operation } from "../session/operation";

/** Finds the machine, the points and the disks that the arguments name; refuses what is missing or ambiguous with the candidates. */
export async function resolveTarget(operation: Operation, inputs: ExportInputs): Promise<ExportTarget> {
  const machine = await findMachine(operation, inputs.virtualMachine);
  const points = await operation.ask("list the reference points", machine.name, () => operation.host.listReferencePoints(machine.id));
  const point = choosePoint(machine, points, inputs.referencePoint);
  const base = inputs.baseReferencePoint === undefined ? undefined : chooseBase(machine, points, point, inputs.baseReferencePoint);
  const covered = machine.disks.filter((disk) => coversDisk(point, disk.instanceId));
  const chosen = (inputs.disksToExport ?? []).map((text) => chooseDisk(operation, machine, covered, text));
  const disks = chosen.length === 0 ? covered : [...new Set(chosen)];
  if (chosen.length === 0) refuseLostDisks(machine, point);
  if (base) refuseDisksWithoutBase(machine, disks, base);
  return {
    virtualMachineId: machine.id,
    virtualMachineName: machine.name,
    referencePointId: point.id,
    ...(base && { baseReferencePointId: base.id }),
    consistency: point.consistency,
    disksToExport: [...new Set(chosen)].map((disk) => disk.instanceId),
    disks: disks.map(({ instanceId, path, bytes, allocatedBytes }) => ({
      instanceId,
      path,
      bytes,
      ...(allocatedBytes !== undefined && { allocatedBytes }),
    })),
  };
}

/** The same machine and point as before, by their ids: a repair never exports something else. */
export async function resolveSameTarget(operation: Operation, state: ExportState, inputs: ExportInputs): Promise<ExportTarget> {
  const { virtualMachineId, referencePointId, baseReferencePointId } = state;
  const base = baseReferencePointId !== undefined && { baseReferencePoint: baseReferencePointId };
  const point = referencePointId !== undefined && { referencePoint: referencePointId };
  try {
    return await resolveTarget(operation, { ...inputs, virtualMachine: virtualMachineId ?? inputs.virtualMachine, ...point, ...base });
  } catch (error) {
    if (!isPointGone(error)) throw error;
    const remedy =
      "The damaged export cannot be made again, since its point is gone. Save what you need of it, then declare another referencePoint (the resource is replaced).";
    throw new ExportError(
      error.code,
      { step: "repair the damaged export", subject: error.subject, reason: error.reason, remedy },
      { cause: error },
    );
  }
}

async function findMachine(operation: Operation, query: string): Promise<VirtualMachine> {
  const step = "find the virtual machine";
  const machines = await operation.ask(step, query, () => operation.host.findVirtualMachines(query));
  const [machine] = machines;
  if (machine === undefined) {
    const reason = `${operation.surroundings.hostName} lists no such machine`;
    throw new ExportError("virtual-machine-not-found", { step, subject: query, reason });
  }
  if (machines.length > 1) {
    const reason = `${machines.length} machines have that name: ${machines.map(({ id }) => id).join(", ")}`;
    throw new ExportError("virtual-machine-ambiguous", { step, subject: query, reason });
  }
  return machine;
}

function choosePoint(machine: VirtualMachine, points: readonly ReferencePoint[], asked: string | undefined): ReferencePoint {
  const step = "find the reference point";
  if (asked !== undefined) {
    const point = findPoint(points, asked);
    if (point) return point;
    throw new ExportError("reference-point-not-found", { step, subject: asked, reason: `${machine.name} has ${listPoints(points)}` });
  }
  const [only] = points;
  if (only === undefined) {
    throw new ExportError("reference-point-not-found", { step, subject: machine.name, reason: "the machine has no reference points" });
  }
  if (points.length > 1) {
    throw new ExportError("reference-point-ambiguous", { step, subject: machine.name, reason: `it has ${listPoints(points)}` });
  }
  return only;
}

function chooseBase(machine: VirtualMachine, points: readonly ReferencePoint[], point: ReferencePoint, asked: string): ReferencePoint {
  const step = "find the base reference point";
  const base = findPoint(points, asked);
  if (base === undefined) {
    const reason = `it is no point of ${machine.name} (another machine's, or destroyed); ${machine.name} has ${listPoints(points)}`;
    throw new ExportError("base-reference-point-not-found", { step, subject: asked, reason });
  }
  if (base.id === point.id) {
    throw new ExportError("base-reference-point-same", { step, subject: asked, reason: "it is the point that is to be exported" });
  }
  if (base.order !== undefined && point.order !== undefined && base.order >= point.order) {
    const reason = `it was made after ${point.id}, the point that is to be exported`;
    throw new ExportError("base-reference-point-not-older", { step, subject: asked, reason });
  }
  return base;
}

/** Windows does not tell ids apart by their case. */
function coversDisk({ diskIds }: ReferencePoint, instanceId: string): boolean {
  return diskIds.some((id) => id.toUpperCase() === instanceId.toUpperCase());
}

/** An export of every disk of the point would lack one, and nobody could restore the machine from it. */
function refuseLostDisks(machine: VirtualMachine, point: ReferencePoint): void {
  const ids = machine.disks.map(({ instanceId }) => instanceId);
  const lost = point.diskIds.filter((id) => !ids.some((other) => other.toUpperCase() === id.toUpperCase()));
  if (lost.length === 0) return;
  const reason = `the machine no longer has ${listIds(lost)}; the point covers ${listIds(point.diskIds)}, ${machine.name} has ${listIds(ids)}`;
  throw new ExportError("disk-not-on-machine", { step: "find the disks to export", subject: point.id, reason });
}

/** A difference to nothing restores nothing. */
function refuseDisksWithoutBase(machine: VirtualMachine, disks: readonly VirtualDisk[], base: ReferencePoint): void {
  const missing = disks.filter((disk) => !coversDisk(base, disk.instanceId)).map(({ instanceId }) => instanceId);
  if (missing.length === 0) return;
  const wanted = listIds(disks.map(({ instanceId }) => instanceId));
  const reason = `it does not cover ${listIds(missing)} of ${machine.name}; to be exported are ${wanted}, the base covers ${listIds(base.diskIds)}`;
  throw new ExportError("disk-not-in-base", { step: "find the disks to export", subject: base.id, reason });
}

function listIds(ids: readonly string[]): string {
  return ids.length === 0 ? "no disks" : `the disk${ids.length === 1 ? "" : "s"} ${ids.join(", ")}`;
}

function findPoint(points: readonly ReferencePoint[], asked: string): ReferencePoint | undefined {
  const id = normaliseReferencePointId(asked);
  return id.ok ? points.find((point) => point.id.toUpperCase() === id.value.toUpperCase()) : undefined;
}

function listPoints(points: readonly ReferencePoint[]): string {
  return points.length === 0 ? "no reference points" : `the points ${points.map(({ id }) => id).join(", ")}`;
}

function chooseDisk(operation: Operation, machine: VirtualMachine, covered: readonly VirtualDisk[], asked: string): VirtualDisk {
  const step = "find the disk to export";
  const rules = pathRules(operation.host.pathStyle);
  const lower = asked.toLowerCase();
  const exact = covered.find((disk) => disk.instanceId.toLowerCase() === lower || rules.same(disk.path, asked));
  if (exact) return exact;
  const named = covered.filter((disk) => disk.path.split(/[\\/]/).at(-1)?.toLowerCase() === lower);
  const [disk] = named;
  if (disk === undefined) {
    const reason = `the reference point of ${machine.name} covers ${covered.map(({ path }) => path).join(", ") || "no disks"}`;
    throw new ExportError("disk-not-found", { step, subject: asked, reason });
  }
  if (named.length > 1) {
    const reason = `several disks have that file name: ${named.map(({ path }) => path).join(", ")}`;
    throw new ExportError("disk-ambiguous", { step, subject: asked, reason });
  }
  return disk;
}
