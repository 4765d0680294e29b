import { nameSome } from "../../domain/listing/foreign-files";
import { samePoint } from "../../domain/records/target-match";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { parsePortion, portionOf } from "../../domain/reference-point-export/portion";
import { describeProblems, nextUp, type Problem } from "../../domain/reference-point-export/problem";
import { type Inspection, inspectExport, verifyContent } from "../directory/inspect";
import { type DirectoryView, leftoversOf, lookAt, lookOf, outOfReach, requireSameMachine, requireSamePlace } from "../directory/look";
import { isProven, ownershipOf } from "../directory/ownership";
import type { Operation } from "../session/operation";
import type { RefreshSurvey } from "../session/refresh-survey";

/**
 * Whether the export is still true. Undefined when it is positively gone: the directory is absent under a parent that is present.
 * What is out of reach is an error, never gone.
 */
export async function readExport(operation: Operation, refreshSurvey: RefreshSurvey, state: ExportState): Promise<ExportState | undefined> {
  const surveyed = await refreshSurvey.take(operation, state.exportDirectory, state.createUrn);
  const look = surveyed ? lookOf(state.exportDirectory, surveyed, operation.paths) : await lookAt(operation, state.exportDirectory);
  if (look.kind === "absent") {
    await requireSameMachine(operation, state);
    return undefined;
  }
  if (look.kind !== "view") throw outOfReach(look, state.exportDirectory, { known: true });
  const { view } = look;
  requireSamePlace(view, state);
  // A directory of that name on another machine tells no more than an absent one.
  if (!isProven(view, state)) await requireSameMachine(operation, state);
  if (state.status === "incomplete") {
    operation.warn(`The export in ${state.exportDirectory} is unfinished. The next pulumi up goes on with it.`);
    return state;
  }

  const inspection = inspectExport(view, state, operation.paths);
  // Known by its id alone (a get): without facts there is nothing that this id names here.
  if (inspection.facts === undefined) return undefined;
  const content = await contentProblems(operation, view, state, inspection);
  const base = await baseOf(operation, refreshSurvey, state);
  const problems = [...inspection.problems, ...content.problems];
  if (problems.length > 0) {
    const listed = describeProblems(problems).map((problem) => `\n  ${problem}`);
    operation.warn(`The export in ${state.exportDirectory} is damaged:${listed.join("")}\n${nextUp(problems)}`);
  }
  return {
    ...state,
    ...inspection.facts,
    createUrn: claimedUrn(view, state),
    status: problems.length === 0 ? "intact" : "damaged",
    problems: describeProblems(problems),
    warnings: [...inspection.warnings, ...leftoverWarnings(operation, view), ...base.warnings],
    ...content.progress,
    ...(base.directory !== undefined && { baseDirectory: base.directory }),
  };
}

/**
 * Where the export lies that a differential one continues, as far as this stack has met it. Once it is known, its loss is told: this
 * export is as intact as ever, and nobody can restore it. No up can mend that.
 */
async function baseOf(
  operation: Operation,
  refreshSurvey: RefreshSurvey,
  { baseReferencePointId, baseDirectory, exportDirectory }: ExportState,
): Promise<{ readonly directory: string | undefined; readonly warnings: readonly string[] }> {
  if (baseReferencePointId === undefined) return { directory: undefined, warnings: [] };
  const directory = refreshSurvey.directoryOf(baseReferencePointId) ?? baseDirectory;
  if (directory === undefined) return { directory, warnings: [] };
  const look = await lookAt(operation, directory).catch(() => undefined);
  // What cannot be looked at is for its own export to tell.
  if (look === undefined) return { directory, warnings: [] };
  const manifest = look.kind === "view" ? look.view.manifest : undefined;
  const isThere = manifest?.kind === "read" && samePoint(manifest.value.referencePointId, baseReferencePointId);
  // Out of reach is not gone, and a manifest that cannot be read is told by its own export.
  if (isThere || manifest?.kind === "damaged" || (look.kind !== "absent" && look.kind !== "view")) return { directory, warnings: [] };
  const warning = `its base, the export of ${baseReferencePointId} in ${directory}, is gone: this one cannot be restored without it`;
  operation.warn(`The export in ${exportDirectory} is differential, and ${warning}.`);
  return { directory, warnings: [warning] };
}

/** A look removes nothing, so it names what a killed run has half written: the next change of the export removes it. */
function leftoverWarnings(operation: Operation, view: DirectoryView): string[] {
  const leftovers = leftoversOf(view);
  if (leftovers.length === 0) return [];
  const warning = `half-written records that a killed run left: ${nameSome(leftovers)}; the next change of the export removes them, and so may you`;
  operation.warn(`${view.directory} holds ${warning}`);
  return [warning];
}

/** A rename that was given up half way has left its name in the claim: the next up has something to mend. */
function claimedUrn(view: DirectoryView, { exportId, createUrn }: ExportState): string {
  const ownership = ownershipOf(view, { exportId, urn: createUrn });
  return createUrn !== "" && ownership.kind === "ours" && ownership.claim ? ownership.claim.owner.urn : createUrn;
}

interface ContentCheck {
  readonly problems: readonly Problem[];
  readonly progress: Pick<ExportState, "nextPortion" | "alteredFiles">;
}

/** Reads this refresh's portion, and again what was found altered before: a found damage stays found until it is repaired. */
async function contentProblems(
  operation: Operation,
  view: DirectoryView,
  state: ExportState,
  inspection: Inspection,
): Promise<ContentCheck> {
  const files = inspection.facts?.files ?? [];
  const { index, of } = portionDue(state);
  const byContent = state.verification.level === "content";
  const portion = byContent ? portionOf(files, of, index).map((file) => file.path) : [];
  const due = new Set([...portion, ...(state.alteredFiles ?? [])]);
  const unreadable = new Set(inspection.problems.map((problem) => problem.path));
  const problems = await verifyContent(
    operation,
    view,
    files.filter((file) => due.has(file.path) && !unreadable.has(file.path)),
  );
  const alteredFiles = problems.flatMap((problem) => problem.path ?? []);
  return { problems, progress: { ...(byContent && { nextPortion: (index + 1) % of }), alteredFiles } };
}

function portionDue({ verification, nextPortion }: ExportState): { readonly index: number; readonly of: number } {
  const parsed = parsePortion(verification.portion);
  const of = parsed.ok ? parsed.value.of : 1;
  return { index: (nextPortion ?? 0) % of, of };
}
