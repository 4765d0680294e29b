import { continuedDisk } from "../hyperv/continued-disk";
import { normaliseReferencePointId } from "../hyperv/guid";
import { hasId } from "../hyperv/same-id";
import type { ExportInputs } from "../reference-point-export/properties";
import type { ExportTarget } from "./export-target";

type Asked = Pick<ExportInputs, "virtualMachine" | "referencePoint" | "baseReferencePoint" | "disksToExport">;

/**
 * Whether the arguments, which may name things in several ways, mean this target. Needs no host, so a finished export is recognised
 * although its point has been destroyed since.
 */
export function answers(target: ExportTarget, asked: Asked): boolean {
  return (
    isMachine(target, asked.virtualMachine) &&
    (asked.referencePoint === undefined || samePoint(asked.referencePoint, target.referencePointId)) &&
    samePoint(asked.baseReferencePoint, target.baseReferencePointId) &&
    sameDisks(target, asked.disksToExport)
  );
}

/** Whether a text names the machine, by GUID or by name. */
export function isMachine(machine: { readonly virtualMachineId?: string; readonly virtualMachineName?: string }, text: string): boolean {
  const lower = text.trim().toLowerCase();
  return machine.virtualMachineId?.toLowerCase() === lower || machine.virtualMachineName?.toLowerCase() === lower;
}

/** Whether two texts name the same reference point; two absent ones do. */
export function samePoint(a: string | undefined, b: string | undefined): boolean {
  return canonical(a) === canonical(b);
}

function canonical(id: string | undefined): string {
  if (id === undefined) return "";
  const parsed = normaliseReferencePointId(id);
  return parsed.ok ? parsed.value : id;
}

function sameDisks(target: ExportTarget, asked: readonly string[] | undefined): boolean {
  if (asked === undefined || asked.length === 0) return target.disksToExport.length === 0;
  const named = new Set(
    asked.map((text) => {
      return target.disks.find((disk) => hasSameName(disk, text))?.instanceId;
    }),
  );
  return named.size === target.disksToExport.length && target.disksToExport.every((id) => named.has(id));
}

/** Whether a text names the disk, by its instance id, by its path or by its file's name; while a checkpoint stands, also as before it. */
export function hasSameName({ instanceId, path }: Pick<ExportTarget["disks"][number], "instanceId" | "path">, text: string): boolean {
  const plain = (name: string) => name.toLowerCase().replaceAll("/", "\\");
  const paths = [path, continuedDisk(path) ?? path];
  return [instanceId, ...paths, ...paths.map((each) => each.split(/[\\/]/).at(-1) ?? "")].map(plain).includes(plain(text));
}

/** Whether two resolved targets are the same export. */
export function sameTarget(a: ExportTarget, b: ExportTarget): boolean {
  const disks = (target: ExportTarget) => [...target.disks.map((disk) => disk.instanceId)].sort().join("\n");
  return (
    a.virtualMachineId === b.virtualMachineId &&
    a.referencePointId === b.referencePointId &&
    a.baseReferencePointId === b.baseReferencePointId &&
    disks(a) === disks(b)
  );
}

/** In words, how the disks that a job has exported differ from the target's; undefined where they are the same, in whatever letter case. */
export function otherDisks({ disks }: ExportTarget, exportedDisks: readonly string[]): string | undefined {
  const asked = disks.map(({ instanceId }) => instanceId);
  const lacks = (list: readonly string[], of: readonly string[]) => of.some((id) => !hasId(list, id));
  if (!lacks(exportedDisks, asked) && !lacks(asked, exportedDisks)) return undefined;
  return `the job has exported the disks ${exportedDisks.join(", ") || "(none)"}; asked for were ${asked.join(", ") || "(none)"}`;
}
