import type { PathRules } from "../../domain/paths/path-rules";
import type { CreatedDirectory, DirectoryReport, DirectoryRequest } from "../../host/port";

/**
 * What a directory that is not there would be made as, by the nearest folder that is there: it will be below it, and on its volume. Undefined
 * where that is a link, of which a host does not tell where it leads, or cannot be looked at: what is above it may be another volume.
 */
export async function madeBelow(
  read: (request: DirectoryRequest) => Promise<DirectoryReport>,
  paths: PathRules,
  directory: string,
): Promise<Omit<CreatedDirectory, "created"> | undefined> {
  const above = [...paths.parents(directory), paths.root(directory)];
  const reports = await Promise.all(above.map((folder) => read({ directory: folder, texts: [], list: false }).catch(() => undefined)));
  const index = reports.findIndex((report) => report?.kind !== "absent" && report?.kind !== "parentMissing");
  const [nearest, folder] = [reports[index], above[index]];
  if (nearest?.kind !== "directory" || folder === undefined) return undefined;
  const below = paths.relative(folder, directory);
  const canonicalPath = below === undefined ? directory : paths.join(nearest.canonicalPath, below);
  return { canonicalPath, freeBytes: nearest.freeBytes };
}
