import { pathRules } from "../domain/paths/path-rules";
import { foldWindowsCase, splitWindowsPath } from "../domain/paths/windows-path";

/** Cluster Shared Volumes are volumes of their own, all mounted in this folder of the system's drive. */
const CLUSTER_STORAGE = "CLUSTERSTORAGE";

/**
 * The volume of a path on Windows, as far as its text tells: a drive, a share or a Cluster Shared Volume. Undefined for what is no absolute
 * path of Windows. That a folder is another volume's mount point no text tells.
 */
export function volumeOf(path: string): string | undefined {
  const { absolute, prefix, parts } = splitWindowsPath(path);
  if (!absolute) return undefined;
  const [first, second] = parts;
  return first !== undefined && second !== undefined && isClusterStorage(first) ? `${prefix}${first}\\${second}` : prefix;
}

/** Whether a directory lies on a volume that is named as a drive ("D:"), or as a folder. */
export function liesOn(directory: string, volume: string): boolean {
  const rules = pathRules(volume.startsWith("/") ? "posix" : "windows");
  const root = /^[A-Za-z]:$/.test(volume) ? `${volume}\\` : volume;
  if (!rules.same(directory, root) && !rules.isInside(directory, root)) return false;
  const isDrive = /^[A-Za-z]:[\\/]*$/.test(root);
  return !(isDrive && isClusterStorage(splitWindowsPath(directory).parts[0] ?? "") && splitWindowsPath(directory).parts.length > 1);
}

function isClusterStorage(name: string): boolean {
  return foldWindowsCase(name) === CLUSTER_STORAGE;
}
