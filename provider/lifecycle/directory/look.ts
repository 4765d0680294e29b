import { errorTable } from "../../domain/errors/error-table";
import { ExportError } from "../../domain/errors/export-error";
import { apartFromServers } from "../../domain/listing/file-server-names";
import type { PathRules } from "../../domain/paths/path-rules";
import { type Claim, parseClaim } from "../../domain/records/claim";
import { type Manifest, parseManifest } from "../../domain/records/manifest";
import { recordText } from "../../domain/records/record-file";
import { CLAIM_FILE, isLeftoverRecord, isRecord, MANIFEST_FILE, recordNameOf } from "../../domain/records/record-names";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { Parsed } from "../../domain/values/parsed";
import type { DirectoryEntry, DirectoryReport, FreeBytes, Place } from "../../host/port";
import type { Operation } from "../session/operation";
import type { SeenClaim } from "./seen-claim";

/** A record file as it was found: absent, unreadable with a reason, or read. */
export type Found<T> =
  | { readonly kind: "absent" }
  | { readonly kind: "damaged"; readonly reason: string }
  | { readonly kind: "read"; readonly value: T; readonly text: string };

/** What one look at an export directory tells. */
export interface DirectoryView extends Place, SeenClaim {
  readonly entries: readonly DirectoryEntry[];
  readonly freeBytes: FreeBytes;
  readonly claim: Found<Claim>;
  /** A claim that was made for another path: a copy, or a directory that was moved or is reached through a changed link. */
  readonly claimOfElsewhere?: Claim;
  readonly manifest: Found<Manifest>;
}

export type Look = { readonly kind: "view"; readonly view: DirectoryView } | Exclude<DirectoryReport, { readonly kind: "directory" }>;

export async function lookAt(operation: Operation, directory: string): Promise<Look> {
  const request = { directory, texts: [CLAIM_FILE, MANIFEST_FILE], list: true };
  return lookOf(
    directory,
    await operation.ask("look at the export directory", directory, () => operation.host.readDirectory(request)),
    operation.paths,
  );
}

/** Free bytes of the directory's volume, after something has been removed; unknown where it cannot be looked at. */
export async function freeBytesNow(operation: Operation, directory: string): Promise<FreeBytes> {
  const look = await lookAt(operation, directory);
  return look.kind === "view" ? look.view.freeBytes : undefined;
}

/** @param paths the rules of the host that was asked */
export function lookOf(directory: string, report: DirectoryReport, paths: PathRules): Look {
  if (report.kind !== "directory") return report;
  const { canonicalPath, texts, freeBytes } = report;
  const entries = withRecordNames(report.entries, paths);
  const claimText = texts[CLAIM_FILE];
  const claim = found(claimText, (text) => parseClaim(text, paths));
  const elsewhere = claim.kind === "read" && !paths.same(claim.value.canonicalPath, canonicalPath) ? claim.value : undefined;
  const view: DirectoryView = {
    directory,
    canonicalPath,
    entries,
    freeBytes,
    claimText,
    claim: elsewhere ? { kind: "absent" } : claim,
    ...(elsewhere && { claimOfElsewhere: elsewhere }),
    manifest: found(texts[MANIFEST_FILE], (text) => parseManifest(text, paths)),
  };
  return { kind: "view", view };
}

/**
 * The entries with the provider's own files and repair directories under the names that it gives them: somebody may have changed their
 * letter case, and the host still finds them.
 */
function withRecordNames(entries: readonly DirectoryEntry[], { fold }: Pick<PathRules, "fold">): readonly DirectoryEntry[] {
  const named = entries.map((entry) => {
    const path = recordNameOf(entry.path, fold);
    return path === entry.path ? entry : { ...entry, path };
  });
  // A folder that tells letter case apart may hold both names.
  return new Set(named.map(({ path }) => path)).size === entries.length ? named : entries;
}

function found<T>(text: string | undefined, parse: (text: string) => Parsed<T>): Found<T> {
  if (text === undefined) return { kind: "absent" };
  const parsed = parse(text);
  return parsed.ok ? { kind: "read", value: parsed.value, text } : { kind: "damaged", reason: parsed.reason };
}

/**
 * The view in which a claim counts although it was made for another path: to whoever only looks, a copy is as good as what it was
 * copied from.
 */
export function inItsPlace(view: DirectoryView): DirectoryView {
  const { claimOfElsewhere: claim, claimText } = view;
  if (claim === undefined || claimText === undefined) return view;
  return { ...view, claim: { kind: "read", value: claim, text: claimText } };
}

/** For an export that lies elsewhere now: the new place is claimed, and the old one is found without it. */
function movedForGood(where: string, first = ""): string {
  return `If it has moved for good, ${first}set exportDirectory to ${where} and onExisting to "adopt": pulumi up takes the export over as it is.`;
}

/** The words of what is in a directory. */
interface Held {
  readonly step: string;
  /** The argument that names it. */
  readonly argument: string;
  /** What to do where it lies elsewhere for good. */
  readonly moved: (first: string) => string;
}

const held = {
  export: {
    step: "look at the export directory",
    argument: "exportDirectory",
    moved: (first) => movedForGood("where the directory lies now", first),
  },
  chain: {
    step: "look at the chain's directory",
    argument: "directory",
    moved: (first) => `If it has moved for good, ${first}set directory to where it lies now: pulumi up goes on with the chain there.`,
  },
  tree: {
    step: "look at the directory",
    argument: "its path",
    moved: () => "If it lies elsewhere now, name that.",
  },
} as const satisfies Readonly<Record<string, Held>>;

/**
 * The error for a directory that cannot be judged: out of reach is never gone.
 *
 * @param known what is held is known to be there: it is looked for, not to be made
 */
export function outOfReach(
  look: Exclude<Look, { readonly kind: "view" | "absent" }>,
  directory: string,
  { known = false, of = "export" }: { readonly known?: boolean; readonly of?: keyof typeof held } = {},
): ExportError {
  const { step, argument, moved } = held[of];
  switch (look.kind) {
    case "parentMissing":
      return new ExportError("parent-missing", { step, subject: directory, reason: "the folder above it is not there" });
    case "volumeMissing": {
      const remedy = `Mount the volume, or correct ${argument}, and run the command again.`;
      return new ExportError("volume-missing", { step, subject: directory, reason: "its volume is not there", ...(!known && { remedy }) });
    }
    case "notDirectory": {
      const { above } = look;
      const first = above === undefined ? "take away the link, " : "";
      const remedy = `Take away what stands there and put the directory back. ${moved(first)}`;
      const reason =
        above === undefined ? "a file or a link stands in its place" : `the file ${above} stands where a folder of the path belongs`;
      return new ExportError("not-a-directory", { step, subject: directory, reason, ...(known && { remedy }) });
    }
  }
}

/** On another machine, a directory that is not there tells nothing of the export. */
export async function requireSameMachine(
  operation: Operation,
  { hostMachineId, exportDirectory }: Pick<ExportState, "hostMachineId" | "exportDirectory">,
): Promise<void> {
  if (hostMachineId === undefined) return;
  const now = await operation.machineId();
  if (now === hostMachineId) return;
  const { hostName } = operation.surroundings;
  throw new ExportError("machine-changed", {
    step: "look at the export directory",
    subject: exportDirectory,
    reason: `${hostName} is another machine now (${now ?? "without an identity"}) than the one that held the export (${hostMachineId})`,
  });
}

/** A claim of ours that was made for another path: the directory is being reached through a link that changed, or was moved. */
export function requireSamePlace(view: DirectoryView, state: Pick<ExportState, "exportId">): void {
  if (view.claimOfElsewhere?.exportId !== state.exportId) return;
  const reason = `its claim was made for ${view.claimOfElsewhere.canonicalPath}, and the path now leads to ${view.canonicalPath}`;
  const remedy = `${errorTable["directory-moved"].remedy} ${movedForGood(view.canonicalPath)}`;
  throw new ExportError("directory-moved", { step: "look at the export directory", subject: view.directory, reason, remedy });
}

/** What is in the directory beside the provider's own records, which are files, and beside what file servers put into every folder. */
export function contentOf(view: DirectoryView): readonly DirectoryEntry[] {
  return apartFromServers(view.entries).filter((entry) => entry.kind !== "file" || !isRecord(entry.path));
}

/** The view after its claim has been changed, or would have been if there were room for it. */
export function withClaim(view: DirectoryView, claim: Claim, { claimText }: Pick<SeenClaim, "claimText">): DirectoryView {
  return { ...view, claimText, claim: { kind: "read", value: claim, text: recordText(claim) } };
}

/** The view after its claim has been removed. */
export function withoutClaim(view: DirectoryView): DirectoryView {
  return { ...view, claimText: undefined, claim: { kind: "absent" } };
}

/** Half-written records of runs that were killed while they wrote them. */
export function leftoversOf(view: DirectoryView): string[] {
  return view.entries.filter((entry) => entry.kind === "file" && isLeftoverRecord(entry.path)).map((entry) => entry.path);
}
