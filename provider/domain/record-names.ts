/** Names of the provider's own files in an export directory. */
export const CLAIM_FILE = "reference-point-export.claim.json";
export const MANIFEST_FILE = "reference-point-export.manifest.json";

/** What a killed write of one of them leaves behind, in the directory or in a repair directory of it. */
const leftover = /^(\.repair-[0-9a-f]{8}\/)?reference-point-export\.(claim|manifest)\.json\.[0-9A-Za-z-]+\.tmp$/;

export function isLeftoverRecord(path: string): boolean {
  return leftover.test(path);
}

export function isRecord(path: string): boolean {
  return path === CLAIM_FILE || path === MANIFEST_FILE || isLeftoverRecord(path);
}

/** A repair exports into a sub-directory of the export's own, so that nothing outside it is ever written. */
const repairDirectory = /^\.repair-[0-9a-f]{8}$/;

/** @param id a fresh UUID: two repairs never share a directory */
export function repairDirectoryName(id: string): string {
  return `.repair-${id.replaceAll("-", "").slice(0, 8).toLowerCase()}`;
}

/** The repair directory that a relative path lies in, if any. */
export function repairDirectoryOf(path: string): string | undefined {
  const first = path.split("/", 1)[0] ?? "";
  return repairDirectory.test(first) ? first : undefined;
}
