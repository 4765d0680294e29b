import { foldId, sameId, sameIds } from "../../domain/hyperv/same-id";
import type { ExportTarget } from "../../domain/records/export-target";
import { targetOf } from "../../domain/records/manifest";
import { hasSameName } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { VirtualMachine } from "../../host/port";
import { lookAt } from "../directory/look";
import { ownershipOf, provenManifest } from "../directory/ownership";
import type { Operation } from "../session/operation";

/** What an export is of, as far as it is known: machine and disks by their ids. */
type Known = Pick<ExportTarget, "virtualMachineId" | "referencePointId"> & { readonly disks?: ExportTarget["disks"] };

/** Whether a name that the state does not know is the machine's all the same: it may have been renamed since. */
export async function isMachineNamedAnew(operation: Operation, { virtualMachineId }: Partial<Known>, name: string): Promise<boolean> {
  if (virtualMachineId === undefined) return false;
  const found = await machines(operation, name);
  return found.length === 1 && sameId(found[0]?.id ?? "", virtualMachineId);
}

/**
 * Whether other texts name the very disks that the export holds: by path where it was the file name, or by where the disk lies now. What it
 * holds the records in its directory say, and without them the names that were declared.
 */
export async function areDisksNamedAnew(operation: Operation, olds: ExportState, asked: ExportInputs["disksToExport"]): Promise<boolean> {
  const { virtualMachineId, referencePointId } = olds;
  if (virtualMachineId === undefined || referencePointId === undefined) return false;
  const recorded = await recordedTarget(operation, olds);
  const [machine] = await machines(operation, virtualMachineId);
  const known: Known = { virtualMachineId, referencePointId, ...(recorded && { disks: recorded.disks }) };
  const held = recorded ? recorded.disks.map(({ instanceId }) => instanceId) : await idsOf(operation, machine, known, olds.disksToExport);
  if (held === undefined) return false;
  const wanted = await idsOf(operation, machine, known, asked);
  return wanted !== undefined && sameIds(held, wanted);
}

/** The arguments with the ids of a target's machine and disks in the place of their names, where the host says that they name those. */
export async function withIdsOf<T extends Pick<ExportInputs, "virtualMachine" | "disksToExport">>(
  operation: Operation,
  target: ExportTarget,
  inputs: T,
): Promise<T> {
  if (!(await isMachineNamedAnew(operation, target, inputs.virtualMachine))) return inputs;
  const named = { ...inputs, virtualMachine: target.virtualMachineId };
  if (inputs.disksToExport === undefined) return named;
  const [machine] = await machines(operation, target.virtualMachineId);
  const disksToExport = await idsOf(operation, machine, target, inputs.disksToExport);
  return disksToExport === undefined ? named : { ...named, disksToExport };
}

function machines(operation: Operation, query: string): Promise<VirtualMachine[]> {
  return operation.ask("find the virtual machine", query, () => operation.host.findVirtualMachines(query));
}

async function recordedTarget(operation: Operation, state: ExportState): Promise<ExportTarget | undefined> {
  const look = await lookAt(operation, state.exportDirectory);
  if (look.kind !== "view") return undefined;
  const ownership = ownershipOf(look.view, { exportId: state.exportId, urn: "" });
  const claim = ownership.kind === "ours" ? ownership.claim : undefined;
  const proven = provenManifest(look.view, state);
  return claim?.finished?.target ?? (proven ? targetOf(proven.manifest) : claim?.attempt?.target);
}

/** The ids of the disks that the texts name; undefined where one names none, or several. No texts: every disk of the point. */
async function idsOf(
  operation: Operation,
  machine: VirtualMachine | undefined,
  { virtualMachineId, referencePointId, disks = [] }: Known,
  texts: readonly string[] | undefined,
): Promise<string[] | undefined> {
  const there = machine?.disks ?? [];
  if (texts === undefined) {
    if (machine === undefined) return undefined;
    const points = await operation.ask("list the reference points", virtualMachineId, () => operation.host.listReferencePoints(machine.id));
    return points.find(({ id }) => sameId(id, referencePointId))?.diskIds.slice();
  }
  const ids = texts.map((text) => {
    const named = [...disks, ...there].filter((disk) => hasSameName(disk, text)).map(({ instanceId }) => foldId(instanceId));
    return new Set(named).size === 1 ? named[0] : undefined;
  });
  return ids.includes(undefined) ? undefined : ids.flatMap((id) => id ?? []);
}
