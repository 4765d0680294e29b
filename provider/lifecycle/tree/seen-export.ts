import type { PathRules } from "../../domain/paths/path-rules";
import type { Claim } from "../../domain/records/claim";
import type { ExportTarget } from "../../domain/records/export-target";
import type { ExportedFile } from "../../domain/records/exported-file";
import { describeProblems, type Problem } from "../../domain/reference-point-export/problem";
import type { SeenCondition } from "../../domain/tree/export-condition";
import type { ExportWay } from "../../domain/tree/restore-steps";
import type { ReportedExport } from "../../domain/tree/tree-report";
import { sha256Of } from "../../domain/values/sha256";
import { inspectExport } from "../directory/inspect";
import { type DirectoryView, inItsPlace } from "../directory/look";

/** What is known of an export beside how it stands. */
export type About = Omit<ReportedExport, "directory" | "label" | "base" | "condition" | "problems" | "warnings">;

/** One export as a look at its own directory tells of it, without what it continues. */
export interface SeenExport {
  /** Where it lies, links resolved. */
  readonly directory: string;
  readonly about: About;
  /**
   * What it continues, as that one's own manifest calls itself: by its checkpoint where it was made by one, and not by its point. Of a
   * chain's generation the record tells: here is only what is no part of the chain.
   */
  readonly continues?: string | undefined;
  readonly condition: SeenCondition;
  /** Sentences. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  /** What can be read of it, and its files that are there in their size. */
  readonly content: SeenContent | undefined;
  readonly manifestSha256: string | undefined;
  readonly way: ExportWay;
}

export interface SeenContent {
  readonly view: DirectoryView;
  readonly files: readonly ExportedFile[];
}

/** An export that no chain lists. Its records are all that is known of it. */
export function seenExport(view: DirectoryView, paths: PathRules): SeenExport {
  const here = inItsPlace(view);
  const claim = here.claim.kind === "read" ? here.claim.value : undefined;
  const manifest = here.manifest.kind === "read" ? here.manifest.value : undefined;
  const exportId = claim?.exportId ?? manifest?.exportId ?? "";
  // A claim that cannot be read is told as that; it makes nothing of the manifest that lies beside it.
  const own = here.claim.kind === "damaged" && here.manifest.kind === "read" && { manifestSha256: sha256Of(here.manifest.text) };
  const { facts, problems, warnings } = inspectExport(here, { exportId, ...own }, paths);
  const isFinished = claim === undefined || claim.finished !== undefined;
  // Without a claim an export is one that was given up, and as good as any.
  const found: readonly Problem[] = isFinished
    ? problems.filter(({ code }) => code !== "claim-missing")
    : [{ code: "export-unfinished", detail: "a run is at it, or was killed" }];
  return {
    directory: view.canonicalPath,
    about: facts
      ? {
          ...targetFacts(facts),
          consistency: facts.consistency,
          kind: facts.kind,
          date: facts.completedAt,
          bytes: facts.totalBytes,
        }
      : aboutTarget(claim),
    continues: manifest?.restore?.parent?.referencePointId ?? manifest?.baseReferencePointId,
    condition: !isFinished ? "incomplete" : found.length > 0 ? "damaged" : "intact",
    problems: describeProblems(found),
    warnings,
    content: facts && isFinished ? { view: here, files: withoutProblem(facts.files, problems) } : undefined,
    manifestSha256: facts?.manifestSha256,
    way: manifest?.checkpoint ? "checkpoint" : "referencePoint",
  };
}

/** Those that have failed by their name or size need no reading. */
function withoutProblem(files: readonly ExportedFile[], problems: readonly Problem[]): ExportedFile[] {
  const failed = new Set(problems.map(({ path }) => path));
  return files.filter(({ path }) => !failed.has(path));
}

function aboutTarget(claim: Claim | undefined): About {
  const target = claim?.finished?.target ?? claim?.attempt?.target;
  if (target === undefined) return {};
  const kind = target.baseReferencePointId === undefined ? "full" : "differential";
  return { ...targetFacts(target), consistency: target.consistency, kind };
}

function targetFacts({
  virtualMachineName,
  virtualMachineId,
  referencePointId,
  baseReferencePointId,
}: Pick<ExportTarget, "virtualMachineName" | "virtualMachineId" | "referencePointId"> & {
  readonly baseReferencePointId?: string | undefined;
}): About {
  const base = baseReferencePointId !== undefined && { baseReferencePointId };
  return { virtualMachineName, virtualMachineId, referencePointId, ...base };
}
