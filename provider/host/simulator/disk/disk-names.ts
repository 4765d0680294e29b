import { HostError } from "../../port";

const FORBIDDEN = /[<>:"/\\|?*]/;
const RESERVED = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** A disk's name becomes a file name on any system and must not lead anywhere else. */
export function requireDiskName(name: string): void {
  const control = [...name].some((character) => character < " ");
  const bad =
    name === "" ||
    name.length > 200 ||
    control ||
    FORBIDDEN.test(name) ||
    RESERVED.test(name) ||
    /[. ]$/.test(name) ||
    name.startsWith(".");
  if (bad) throw new HostError("invalidParameter", `A disk's name must be a plain file name, got ${JSON.stringify(name)}.`);
}

export function diskFileStem(name: string): string {
  return name.replace(/\.vhdx$/i, "");
}

/** The file of a disk in an export: the whole disk, the changed parts of an RCT point, the replica log of a log-based one. */
export function exportedDiskFile(name: string, kind: "rct" | "log", differential: boolean): string {
  const extension = differential ? (kind === "rct" ? "avhdx" : "hrl") : "vhdx";
  return `Virtual Hard Disks/${diskFileStem(name)}.${extension}`;
}
