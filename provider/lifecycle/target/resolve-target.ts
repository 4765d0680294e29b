import { ExportError } from "../../domain/errors/export-error";
import { goneUnder, isGoneFromHost, type Left } from "../../domain/errors/gone-from-host";
import { normaliseGuid, normaliseReferencePointId } from "../../domain/hyperv/guid";
import { hasId, sameId } from "../../domain/hyperv/same-id";
import { pathRules } from "../../domain/paths/path-rules";
import type { ExportTarget } from "../../domain/records/export-target";
import { hasSameName } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import { hiddenDifference, listNearest, nearest } from "../../domain/values/nearest";
import type { ReferencePoint, VirtualDisk, VirtualMachine } from "../../host/port";
import type { Operation } from "../session/operation";

/** Finds the machine, the points and the disks that the arguments name; refuses what is missing or ambiguous with the candidates. */
export async function resolveTarget(operation: Operation, inputs: ExportInputs): Promise<ExportTarget> {
  const machine = await findMachine(operation, inputs);
  const points = await operation.ask("list the reference points", machine.name, () => operation.host.listReferencePoints(machine.id));
  const isSecret = (name: keyof ExportInputs) => isSecretInput(inputs, name);
  const point = choosePoint(machine, points, inputs.referencePoint, isSecret("referencePoint"));
  refuseWeaker(point, inputs.requireConsistency);
  const base =
    inputs.baseReferencePoint === undefined
      ? undefined
      : chooseBase(machine, points, point, inputs.baseReferencePoint, isSecret("baseReferencePoint"));
  const covered = machine.disks.filter((disk) => coversDisk(point, disk.instanceId));
  const chosen = (inputs.disksToExport ?? []).map((text) => chooseDisk(operation, machine, covered, text, isSecret("disksToExport")));
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

/**
 * The disks of a machine that are to be in a point which is yet to be made; refuses what names none of them, or several.
 *
 * @param disks names, as a chain's argument `disks` has them
 */
export function namedDisks(
  operation: Operation,
  machine: VirtualMachine,
  disks: readonly string[],
  secretInputs: readonly string[] = [],
): VirtualDisk[] {
  const isSecret = secretInputs.some((name) => `${name}.`.startsWith("disks."));
  return [...new Set(disks.map((text) => chooseDisk(operation, machine, machine.disks, text, isSecret, `${machine.name} has`)))];
}

/**
 * The same machine and point as before, by their ids: a repair never exports something else.
 *
 * @param left what there is of the export
 */
export async function resolveSameTarget(operation: Operation, state: ExportState, inputs: ExportInputs, left: Left): Promise<ExportTarget> {
  const { virtualMachineId, referencePointId, baseReferencePointId } = state;
  const base = baseReferencePointId !== undefined && { baseReferencePoint: baseReferencePointId };
  const point = referencePointId !== undefined && { referencePoint: referencePointId };
  try {
    const { requireConsistency: _, ...same } = inputs;
    return await resolveTarget(operation, { ...same, virtualMachine: virtualMachineId ?? inputs.virtualMachine, ...point, ...base });
  } catch (error) {
    throw isGoneFromHost(error) ? goneUnder(error, inputs.exportDirectory, left) : error;
  }
}

/** Beside a value that is secret, the names that are most like it would tell it, and the rest may be as secret: none is listed. */
function isSecretInput({ secretInputs = [] }: Pick<ExportInputs, "secretInputs">, name: keyof ExportInputs): boolean {
  return secretInputs.some((one) => `${one}.`.startsWith(`${name}.`));
}

/** The one machine of that name or GUID; refuses none, and several, with those that are there. */
export async function findMachine(
  operation: Operation,
  inputs: Pick<ExportInputs, "virtualMachine" | "secretInputs">,
): Promise<VirtualMachine> {
  const { virtualMachine: query } = inputs;
  const step = "find the virtual machine";
  const machines = await operation.ask(step, query, () => operation.host.findVirtualMachines(query));
  const [machine] = machines;
  if (machine === undefined) {
    throw await unknownMachine(operation, step, query, !isSecretInput(inputs, "virtualMachine"));
  }
  if (machines.length > 1) {
    const reason = `${machines.length} machines have that name: ${machines.map(({ id }) => id).join(", ")}`;
    throw new ExportError("virtual-machine-ambiguous", { step, subject: query, reason });
  }
  return machine;
}

/** With the names that are there, so that a slip is seen at a glance. The list only helps: what fails of it is not told. */
async function unknownMachine(operation: Operation, step: string, query: string, mayListNames: boolean): Promise<ExportError> {
  const none = `${operation.surroundings.hostName} lists no such machine`;
  const asked = mayListNames ? operation.withinTime(step, query, operation.host.listVirtualMachines()) : undefined;
  const listed = await asked?.catch(() => undefined);
  const machines = listed?.ok ? listed.value : [];
  if (machines.length === 0) return new ExportError("virtual-machine-not-found", { step, subject: query, reason: none });
  const isGuid = normaliseGuid(query).ok;
  const known = listNearest(
    query,
    machines.map(({ id, name }) => (isGuid ? `${id} ${name}` : name)),
  );
  const twin = machines.map(({ name }) => ({ name, how: hiddenDifference(query, name) })).find(({ how }) => how !== undefined);
  const reason = `${none}; it has ${known}`;
  return new ExportError("virtual-machine-not-found", {
    step,
    subject: query,
    reason: twin ? `${reason}. "${twin.name}" differs from what was asked for ${twin.how}` : reason,
    remedy: "Name one of these in virtualMachine, or give its GUID.",
  });
}

function choosePoint(
  machine: VirtualMachine,
  points: readonly ReferencePoint[],
  asked: string | undefined,
  isSecret: boolean,
): ReferencePoint {
  const step = "find the reference point";
  const none = points.length === 0 && { remedy: "Create a reference point of the machine first, then run the command again." };
  if (asked !== undefined) {
    const point = findPoint(points, asked);
    if (point) return point;
    throw new ExportError("reference-point-not-found", {
      step,
      subject: asked,
      reason: `${machine.name} has ${listPoints(points, isSecret ? "" : asked)}`,
      ...none,
    });
  }
  const [only] = points;
  if (only === undefined) {
    const reason = "the machine has no reference points";
    throw new ExportError("reference-point-not-found", { step, subject: machine.name, reason, ...none });
  }
  if (points.length > 1) {
    const reason = `the machine has ${points.length}, and none is named: ${points.map(({ id }) => id).join(", ")}`;
    throw new ExportError("reference-point-ambiguous", { step: "choose a reference point", subject: machine.name, reason });
  }
  return only;
}

function chooseBase(
  machine: VirtualMachine,
  points: readonly ReferencePoint[],
  point: ReferencePoint,
  asked: string,
  isSecret: boolean,
): ReferencePoint {
  const step = "find the base reference point";
  const base = findPoint(points, asked);
  if (base === undefined) {
    const reason = `it is no point of ${machine.name} (another machine's, or destroyed); ${machine.name} has ${listPoints(points, isSecret ? "" : asked)}`;
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

/** A host gives a point of the consistency that it can, whatever was asked for. */
function refuseWeaker({ id, consistency }: ReferencePoint, required: ExportInputs["requireConsistency"]): void {
  if (required === undefined || consistency === "application" || consistency === required) return;
  const is = consistency === "unknown" ? "the host does not tell how consistent it is" : `it is ${consistency}-consistent`;
  const reason = `${is}; requireConsistency is "${required}"`;
  throw new ExportError("weaker-point", { step: "find the reference point", subject: id, reason });
}

function coversDisk({ diskIds }: ReferencePoint, instanceId: string): boolean {
  return hasId(diskIds, instanceId);
}

/** An export of every disk of the point would lack one, and nobody could restore the machine from it. */
function refuseLostDisks(machine: VirtualMachine, point: ReferencePoint): void {
  const ids = machine.disks.map(({ instanceId }) => instanceId);
  const lost = point.diskIds.filter((id) => !hasId(ids, id));
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
  return id.ok ? points.find((point) => sameId(point.id, id.value)) : undefined;
}

function listPoints(points: readonly ReferencePoint[], asked: string): string {
  const ids = points.map(({ id }) => id);
  return points.length === 0 ? "no reference points" : `the points ${(asked === "" ? ids : nearest(asked, ids)).join(", ")}`;
}

/** The one disk that the text names among those that a point covers. */
function chooseDisk(
  operation: Operation,
  machine: VirtualMachine,
  covered: readonly VirtualDisk[],
  asked: string,
  isSecret: boolean,
  holder = `the reference point of ${machine.name} covers`,
): VirtualDisk {
  const step = "find the disk to export";
  const rules = pathRules(operation.host.pathStyle);
  const lower = asked.toLowerCase();
  const exact = covered.find((disk) => disk.instanceId.toLowerCase() === lower || rules.same(disk.path, asked));
  if (exact) return exact;
  const named = covered.filter((disk) => hasSameName(disk, asked));
  const [disk] = named;
  if (disk === undefined) {
    const disks = listNearest(
      asked,
      covered.map(({ path }) => path),
    );
    const known = isSecret ? "no disk of that name" : disks || "no disks";
    const reason = `${holder} ${known}`;
    throw new ExportError("disk-not-found", { step, subject: asked, reason });
  }
  if (named.length > 1) {
    const reason = `several disks have that file name: ${named.map(({ path }) => path).join(", ")}`;
    throw new ExportError("disk-ambiguous", { step, subject: asked, reason });
  }
  return disk;
}
