import { z } from "zod";
import { isSafeRelativePath } from "../paths/relative-path";

export const fileRoles = ["configuration", "runtimeState", "guestState", "disk", "log"] as const;
export type FileRole = (typeof fileRoles)[number];

/** One file of an export, as manifest and outputs list it. */
export const exportedFile = z.object({
  /** Relative to the export directory, forward slashes. */
  path: z.string().refine(isSafeRelativePath, "is no safe relative path"),
  bytes: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  /** Lower-case hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  role: z.enum(fileRoles),
});

export type ExportedFile = z.infer<typeof exportedFile>;

/** Extensions of what Hyper-V writes for a machine: configuration version 8 and later, and the older XML pair. */
const roleOfExtension: Readonly<Record<string, FileRole>> = {
  vmcx: "configuration",
  xml: "configuration",
  vmrs: "runtimeState",
  bin: "runtimeState",
  vsv: "runtimeState",
  vmgs: "guestState",
  vhd: "disk",
  vhdx: "disk",
  vhds: "disk",
  avhd: "disk",
  avhdx: "disk",
  rct: "disk",
  mrt: "disk",
  hrl: "log",
};

/** Folders that an export makes. Emptied ones are removed; any other empty folder is somebody's. */
export function isExportFolder(path: string): boolean {
  const name = path.split("/").at(-1)?.toLowerCase() ?? "";
  return ["virtual machines", "virtual hard disks", "snapshots"].includes(name);
}

/** The name without folder and extension, in lower case: what a file of an export shares with the disk or point it came from. */
export function stemOf(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  return name.replace(/\.[^.]*$/, "").toLowerCase();
}

const guidSuffix = /_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The stem without the GUID that the files of a snapshot or a differential carry. */
export function sourceStemOf(path: string): string {
  return stemOf(path).replace(guidSuffix, "");
}

/**
 * The role of a file that an export wrote, or undefined for a file that is not the export's: one that does not lie in one of an
 * export's folders, whose extension Hyper-V does not write, or that is named after none of the expected stems (the disks' names and the
 * GUIDs of machine and point).
 */
export function roleOf(path: string, expectedStems: readonly string[]): FileRole | undefined {
  const [folder, name, deeper] = path.split("/");
  if (folder === undefined || name === undefined || deeper !== undefined || !isExportFolder(folder)) return undefined;
  const extension = path.split(".").at(-1)?.toLowerCase() ?? "";
  if (!Object.hasOwn(roleOfExtension, extension)) return undefined;
  const stem = stemOf(path);
  return expectedStems.some((expected) => isNamedAfter(stem, expected)) ? roleOfExtension[extension] : undefined;
}

/** Whether it is the configuration of a machine or a point: such a file is named after its GUID alone. */
export function isConfiguration(path: string): boolean {
  const role = roleOf(path, [stemOf(path)]);
  return role === "configuration" && guidSuffix.test(`_${stemOf(path)}`);
}

/** The stem itself, or "data_GUID" as a snapshot's or a differential's file is named. A person's copy has another name. */
export function isNamedAfter(stem: string, expected: string): boolean {
  return expected !== "" && (stem === expected || stem.replace(guidSuffix, "") === expected);
}
