import { foldId } from "../../domain/hyperv/same-id";
import { pathRules } from "../../domain/paths/path-rules";
import { ownerOfUrn } from "../../domain/records/owner";
import { CLAIM_FILE, MANIFEST_FILE } from "../../domain/records/record-names";
import type { DirectoryReport } from "../../host/port";
import type { Operation } from "./operation";

/** As a manifest says which point its export is of. */
const POINT_OF_MANIFEST = /"referencePointId": "([^"]+)"/;

/** The engine's questions of one refresh follow each other faster; after a longer pause they are of another moment. */
const PAUSE_MS = 2000;

interface Survey {
  readonly reports: Promise<Map<string, DirectoryReport>>;
  /** Endless while the survey is under way. */
  lastUsedAt: number;
}

/**
 * A refresh asks for one directory after the other, a few at a time. The first question below a folder has all exports of the same
 * stack in that folder reported at once, and those that follow at once are answered from that, each once. A process lives for one
 * operation of the engine, so a folder is surveyed once, unless the operation goes on to change something.
 */
export class RefreshSurvey {
  private readonly surveys = new Map<string, Survey>();
  /** Directories of finished exports that any survey has met, by the point that they are of. */
  private readonly byPoint = new Map<string, string>();

  /** The report of a directory from a survey; undefined when none has it, and the directory itself must be asked. */
  async take(operation: Operation, directory: string, ownerUrn: string): Promise<DirectoryReport | undefined> {
    const { clock, host } = operation;
    const rules = pathRules(host.pathStyle);
    const [parent] = rules.parents(directory);
    const { stack, project } = ownerOfUrn(ownerUrn);
    if (parent === undefined || stack === "") return undefined;

    const containing = `urn:pulumi:${stack}::${project}::`;
    const survey = this.surveyOf(operation, parent, containing);
    if (clock.now() - survey.lastUsedAt > PAUSE_MS) return undefined;
    const reports = await operation.withinTime("look at the export directories", parent, survey.reports);
    survey.lastUsedAt = clock.now();
    const key = rules.fold(rules.normalise(directory));
    const report = reports.get(key);
    reports.delete(key);
    return report;
  }

  /** Where an export of the point lies, as far as a survey has met one: a help, and never a proof. */
  directoryOf(referencePointId: string): string | undefined {
    return this.byPoint.get(foldId(referencePointId));
  }

  /** Something is about to be changed: what has been reported and not asked for yet would be of before. */
  forget(): void {
    this.surveys.clear();
    this.byPoint.clear();
  }

  private surveyOf(operation: Operation, parent: string, containing: string): Survey {
    const key = `${pathRules(operation.host.pathStyle).fold(parent)}\n${containing}`;
    const known = this.surveys.get(key);
    if (known) return known;
    const { fold, normalise } = pathRules(operation.host.pathStyle);
    const request = { parent, marker: CLAIM_FILE, containing, texts: [CLAIM_FILE, MANIFEST_FILE] };
    const reports = operation.host.surveyDirectory(request).then(
      (found) => {
        for (const { directory, report } of found) this.note(directory, report);
        return new Map(found.map(({ directory, report }) => [fold(normalise(directory)), report]));
      },
      // It only helps: whoever asks for the directory itself hears what is wrong.
      () => new Map<string, DirectoryReport>(),
    );
    const survey = { reports, lastUsedAt: Number.POSITIVE_INFINITY };
    this.surveys.set(key, survey);
    return survey;
  }

  private note(directory: string, report: DirectoryReport): void {
    const manifest = report.kind === "directory" ? report.texts[MANIFEST_FILE] : undefined;
    const [, point] = POINT_OF_MANIFEST.exec(manifest ?? "") ?? [];
    if (point !== undefined) this.byPoint.set(foldId(point), directory);
  }
}
