import { localPaths } from "../../local-files/local-paths";
import { HostError } from "../../port";

/** Leaves room for what an export adds to the name. */
const MAX_NAME = 200;

/** A disk's name becomes a file name on this system and must not lead anywhere else. */
export function requireDiskName(name: string): void {
  if (localPaths.isRelative(name) && !name.includes("/") && !name.startsWith(".") && name.length <= MAX_NAME) return;
  throw new HostError("invalidParameter", `A disk's name must be a plain file name, got ${JSON.stringify(name)}.`);
}

export function requireDiskFolder(folder: string): void {
  if (localPaths.isRelative(folder)) return;
  throw new HostError("invalidParameter", `A disk's folder must be a relative path with forward slashes, got ${JSON.stringify(folder)}.`);
}

/** Files that hold a virtual disk: the older and the newer format, each with its differencing form, and a set that guests share. */
const DISK_EXTENSION = /\.(vhdx?|avhdx?|vhds)$/i;

/** Whether the file of such a name holds the whole disk: below that of a checkpoint (.avhdx) or of a set (.vhds) lie others. */
export function isWholeDisk(name: string): boolean {
  const extension = DISK_EXTENSION.exec(name)?.[1]?.toLowerCase();
  return extension === undefined || extension === "vhd" || extension === "vhdx";
}

/** A VHD set is made to be shared by several machines. */
export function isSharedDisk(name: string): boolean {
  return /\.vhds$/i.test(name);
}

export function diskFileStem(name: string): string {
  return name.replace(DISK_EXTENSION, "");
}

/** Extension of a disk's file in an export: its own for the whole disk, the changed parts of an RCT point, a log-based one's replica log. */
export function exportedDiskExtension(name: string, kind: "rct" | "log", differential: boolean): string {
  if (differential) return kind === "rct" ? "avhdx" : "hrl";
  return DISK_EXTENSION.exec(name)?.[1]?.toLowerCase() ?? "vhdx";
}
