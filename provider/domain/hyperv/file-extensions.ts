export const fileRoles = ["configuration", "runtimeState", "guestState", "disk", "log", "other"] as const;
export type FileRole = (typeof fileRoles)[number];

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
  hrl: "log",
  // What a disk's resilient change tracking leaves beside it.
  rct: "other",
  mrt: "other",
};

/** The role that a file's extension tells, or undefined for an extension that Hyper-V does not write. */
export function roleByExtension(path: string): FileRole | undefined {
  const extension = extensionOf(path);
  return Object.hasOwn(roleOfExtension, extension) ? roleOfExtension[extension] : undefined;
}

/** Extensions that people and other programs give to files of their own. */
const sharedExtensions = new Set(["xml", "bin"]);

/**
 * Whether a new file is Hyper-V's by its extension alone. Not xml and bin, which only machines of before version 8 have, and those have
 * no reference points: such a file is the export's only if the job names it.
 */
export function isHyperVsByExtension(path: string): boolean {
  return roleByExtension(path) !== undefined && !sharedExtensions.has(extensionOf(path));
}

/** Whether it looks like the configuration of a machine or a point. An XML file does only under a GUID: people keep XML, too. */
export function isMachineConfiguration(path: string): boolean {
  const name = path.split("/").at(-1) ?? "";
  return extensionOf(name) === "vmcx" || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.xml$/i.test(name);
}

function extensionOf(path: string): string {
  return /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";
}
