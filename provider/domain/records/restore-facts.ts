import { z } from "zod";
import type { FileRole } from "../hyperv/file-extensions";
import { hasRelativeForm } from "../paths/relative-path";
import type { NamedFile } from "./attempt";
import type { ExportTarget } from "./export-target";

/** The export that another one continues. */
const parentExport = z.object({
  /** Name of its directory, which lay beside the export's own: a copy may be called otherwise. */
  directory: z.string().min(1),
  /** As its manifest names it. Of a checkpoint: the one that has become the export's base point. */
  referencePointId: z.string().min(1),
  /** Of its manifest's file, until another resource adopts it. */
  manifestSha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const exportedPath = z.string().refine(hasRelativeForm, "is no path below a directory");

/** What a restore has to know beside the files. What is absent is not told: nothing proves it. */
export const restoreFacts = z.object({
  /** Place in the order in which a restore applies exports; 1 is the full one. */
  position: z.number().int().positive().optional(),
  /** What a restore applies before it. None of a full one. */
  parent: parentExport.optional(),
  /** The machine's settings. */
  configuration: exportedPath.optional(),
  runtimeState: exportedPath.optional(),
  /** Of a generation-2 machine: its firmware's settings and its virtual TPM. */
  guestState: exportedPath.optional(),
  /** Which file holds which disk. */
  disks: z.array(z.object({ instanceId: z.string(), file: exportedPath })),
});

export type RestoreFacts = z.infer<typeof restoreFacts>;

/** Where an export stands among those that are restored one after the other. */
export type LinePosition = Pick<RestoreFacts, "position" | "parent">;

/** What is known of an export once its files are described. */
export interface DescribedExport {
  readonly target: Pick<ExportTarget, "baseReferencePointId" | "disks">;
  readonly files: readonly { readonly path: string; readonly role: FileRole }[];
  /** Files that its job has named. */
  readonly named?: readonly NamedFile[];
}

/** The facts that are proved. Keys stand in the order of the schema: a manifest that is read has the digest of the one that was written. */
export function provedFacts(
  { target, files, named = [] }: DescribedExport,
  fold: (text: string) => string,
  linePosition?: LinePosition,
): RestoreFacts {
  const isNamed = (path: string) => named.some((file) => fold(file.path) === fold(path));
  const fileOf = (role: "configuration" | "runtimeState" | "guestState") => {
    const ofRole = files.filter((file) => file.role === role);
    const told = ofRole.filter(({ path }) => isNamed(path));
    const [path, ...others] = (told.length > 0 ? told : ofRole).map((file) => file.path);
    return path !== undefined && others.length === 0 ? { [role]: path } : {};
  };
  const position = target.baseReferencePointId === undefined ? 1 : linePosition?.position;
  return {
    ...(position !== undefined && { position }),
    ...(linePosition?.parent && { parent: linePosition.parent }),
    ...fileOf("configuration"),
    ...fileOf("runtimeState"),
    ...fileOf("guestState"),
    disks: filesOfDisks(target, files),
  };
}

/**
 * Only of a single disk with a single file is it certain: names prove nothing, and no source says that a job lists its disks and their
 * files in the same order.
 */
function filesOfDisks({ disks }: DescribedExport["target"], files: DescribedExport["files"]): RestoreFacts["disks"] {
  const [disk, ...otherDisks] = disks;
  const [file, ...otherFiles] = files.filter(({ role }) => role === "disk" || role === "log");
  if (disk === undefined || file === undefined || otherDisks.length > 0 || otherFiles.length > 0) return [];
  return [{ instanceId: disk.instanceId, file: file.path }];
}

/** Every file that the facts name. */
export function filesInFacts({ configuration, runtimeState, guestState, disks }: RestoreFacts): string[] {
  return [configuration, runtimeState, guestState, ...disks.map(({ file }) => file)].filter((path) => path !== undefined);
}
