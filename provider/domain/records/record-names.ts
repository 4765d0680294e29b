import { sha256Of } from "../values/sha256";

/** Names of the provider's own files in an export directory. */
export const CLAIM_FILE = "reference-point-export.claim.json";
export const MANIFEST_FILE = "reference-point-export.manifest.json";

/** Name of the record in a chain's directory: claim and list of generations at once. */
export const CHAIN_FILE = "export-chain.json";

const chainLeftover = /^export-chain\.json\.[0-9a-f]{12}\.tmp$/i;

/** What a killed write of a chain's record leaves behind. */
export function isChainLeftover(path: string): boolean {
  return chainLeftover.test(path);
}

/** What a killed write of one of them leaves behind, in the directory or in a repair directory of it. */
const leftover = /^(\.repair-[0-9a-f]{8}-[0-9a-f]{8}\/)?reference-point-export\.(claim|manifest)\.json\.[0-9a-f]{12}\.tmp$/;

export function isLeftoverRecord(path: string): boolean {
  return leftover.test(path);
}

export function isRecord(path: string): boolean {
  return path === CLAIM_FILE || path === MANIFEST_FILE || isLeftoverRecord(path);
}

/**
 * A path with the provider's names in it as the provider writes them: all in lower case, which a person may have changed where the host does
 * not tell.
 *
 * @param fold equal for two names that the host takes for the same
 */
export function recordNameOf(path: string, fold: (text: string) => string): string {
  const [first = "", ...below] = path.split("/");
  const asWritten = (name: string, isOurs: (name: string) => boolean) => {
    const lower = name.toLowerCase();
    return lower !== name && fold(lower) === fold(name) && isOurs(lower) ? lower : name;
  };
  if (below.length === 0) return asWritten(first, (name) => isRecord(name) || repairDirectory.test(name));
  const top = asWritten(first, (name) => repairDirectory.test(name));
  const [inRepair = ""] = below;
  if (!repairDirectory.test(top) || below.length > 1) return [top, ...below].join("/");
  return `${top}/${asWritten(inRepair, isRecord)}`;
}

/** A repair exports into a sub-directory of the export's own, so that nothing outside it is ever written. */
const repairDirectory = /^\.repair-[0-9a-f]{8}-[0-9a-f]{8}$/;

/**
 * Says whose it is: where the claim was lost, an unfinished repair is still known by its name.
 *
 * @param id a fresh id: two repairs never share a directory
 */
export function repairDirectoryName(exportId: string, id: string): string {
  return `${repairsOf(exportId)}${short(id)}`;
}

/** Whether a relative path is a repair directory of the export. */
export function isRepairOf(exportId: string, path: string): boolean {
  return repairDirectory.test(path) && path.startsWith(repairsOf(exportId));
}

function repairsOf(exportId: string): string {
  return `.repair-${short(exportId)}-`;
}

/** Of any id, whatever it is made of. */
function short(id: string): string {
  return sha256Of(id).slice(0, 8);
}

/** The repair directory that a relative path lies in, if any. */
export function repairDirectoryOf(path: string): string | undefined {
  const first = path.split("/", 1)[0] ?? "";
  return repairDirectory.test(first) ? first : undefined;
}
