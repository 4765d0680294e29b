import { ExportError } from "../../domain/errors/export-error";
import { roleByExtension } from "../../domain/hyperv/file-extensions";
import { type ExportTarget, fits, knownBytes, mostBytes, untoldDisks } from "../../domain/records/export-target";
import { formatBytes } from "../../domain/values/byte-size";
import type { FreeBytes } from "../../host/port";
import type { Operation } from "../session/operation";

/** What is freed before the export begins, beside what is free already. */
interface Freed {
  readonly bytes: number;
  /** "the old export": what is removed. */
  readonly by: string;
}

/**
 * What removing the files of exports frees at most. A disk's file may have holes, so the exports take no more than their disks had in use
 * and their small files; where that is not known, the sizes must do.
 *
 * @param disks of each export that wrote the files
 */
export function bytesFreed(files: readonly { readonly path: string; readonly bytes: number }[], disks: ExportTarget["disks"]): number {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, bytes) => total + bytes, 0);
  const listed = sum(files.map(({ bytes }) => bytes));
  const inUse = disks.map(({ allocatedBytes = Number.POSITIVE_INFINITY }) => allocatedBytes);
  if (inUse.length === 0) return listed;
  const small = files.filter(({ path }) => ![undefined, "disk"].includes(roleByExtension(path)));
  return Math.min(listed, sum(inUse) + sum(small.map(({ bytes }) => bytes)));
}

/** Refuses an export that is known not to fit. Where nobody can tell, it is tried, with a warning. */
export function requireSpace(
  operation: Pick<Operation, "warn">,
  target: ExportTarget,
  directory: string,
  freeBytes: FreeBytes,
  freed: Freed = { bytes: 0, by: "" },
): void {
  const room = freeBytes === undefined ? undefined : freeBytes + freed.bytes;
  if (!fits(target, room)) {
    const needed = `${mostBytes(target) === undefined ? "at least " : ""}${formatBytes(knownBytes(target))}`;
    const more = freed.bytes === 0 ? "" : `, and ${freed.by} frees ${formatBytes(freed.bytes)}`;
    const reason = `the disks need ${needed}, the volume has ${formatBytes(freeBytes ?? 0)} free${more}`;
    throw new ExportError("not-enough-space", { step: "prepare the export", subject: directory, reason });
  }
  warnOfUntoldSpace(operation, target, directory, room);
}

/** Warns where nobody can tell whether a full export fits. How much a differential one needs nobody ever knows. */
export function warnOfUntoldSpace(operation: Pick<Operation, "warn">, target: ExportTarget, directory: string, room: FreeBytes): void {
  if (target.baseReferencePointId !== undefined) return;
  const untold = untoldDisks(target);
  if (untold.length === 0 && room !== undefined) return;
  const questions = [
    ...(untold.length > 0 ? [`how much of ${untold.join(", ")} is in use`] : []),
    ...(room === undefined ? [`the free space of ${directory}`] : []),
  ];
  const facts = [...needs(target, untold.length), ...(room === undefined ? [] : [`${directory} has ${formatBytes(room)} free`])];
  const known = facts.length === 0 ? " The" : ` ${facts.join(", ")}; the`;
  operation.warn(`The host cannot tell ${questions.join(", nor ")}.${known} job fails if the disks do not fit.`);
}

function needs(target: ExportTarget, untold: number): string[] {
  if (untold === target.disks.length) return [];
  const bytes = formatBytes(knownBytes(target));
  return [untold === 0 ? `The disks need ${bytes} at most` : `The other disks need ${bytes}`];
}
