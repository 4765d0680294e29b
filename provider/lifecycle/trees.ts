import { randomUUID } from "node:crypto";
import { ExportError, isExportError } from "../domain/errors/export-error";
import type { Part } from "../domain/reference-point-export/portion";
import { isLoss } from "../domain/tree/export-condition";
import type { RestorePlan } from "../domain/tree/restore-plan";
import type { ListReport, ReportedExport, ReportedFailure, VerifyReport } from "../domain/tree/tree-report";
import { MAX_DURATION } from "../domain/values/duration";
import type { HostSession } from "./door";
import { systemClock } from "./session/clock";
import { Operation } from "./session/operation";
import { conclude } from "./tree/conclude";
import { type Failure, type FoundExports, findExports, TREE_STEP } from "./tree/find-exports";
import { planRestore } from "./tree/plan-restore";
import { readContent } from "./tree/read-content";

/** A whole part is read where no other is named. */
const EVERYTHING: Part = { index: 0, of: 1 };
/** A person watches: milliseconds. */
const LONGEST_LOOK = 100;

export interface Verification {
  /** Which part of the files is read; none where names and sizes are enough. */
  readonly part: Part | undefined;
  /** Told how many bytes of how many have been read. */
  progress(doneBytes: number, totalBytes: number): void;
}

/**
 * The door for looks at what lies in directories, by whoever has no state: a person who restores, monitoring, an auditor. Nothing is
 * changed, and no Hyper-V is asked. What cannot be looked at is among the failures; the rest is told all the same.
 */
export class Trees {
  private readonly operation: Operation;
  private readonly about: { readonly host?: string };

  /** @param where the directories lie: the reports name a host, and one is not asked as often */
  constructor({ host }: HostSession, hostName: string, where: "here" | "host" = "here") {
    this.about = where === "host" ? { host: hostName } : {};
    const surroundings = {
      host,
      hostName,
      clock: systemClock,
      progress: () => {},
      warn: () => {},
      newExportId: () => randomUUID(),
      ...(where === "here" && { longestLook: LONGEST_LOOK }),
    };
    this.operation = new Operation(surroundings, MAX_DURATION, "the limit of a command");
  }

  /** What is there, by records, names and sizes. */
  async list(directories: readonly string[]): Promise<ListReport> {
    const found = await this.find(directories);
    const failures = found.failures.map(toldFailure);
    return { format: "hyperv-export/list", version: 1, ...this.about, directories: [...directories], ...told(conclude(found)), failures };
  }

  /** Whether what is there is what was exported. A directory in which nothing was exported is a failure. */
  async verify(directories: readonly string[], { part, progress }: Verification): Promise<VerifyReport> {
    const found = await this.find(directories, { requireAny: true });
    const seen = [...found.singles, ...found.chains.flatMap(({ generations }) => generations.map((one) => one.seen))];
    const content = part && (await readContent(this.operation, seen, part, progress));
    const concluded = told(conclude(found, content));
    const unread: Failure[] = [...(content?.failures ?? [])].map(([directory, error]) => ({ directory, error }));
    const failures = [...found.failures, ...unread].map(toldFailure);
    const { index, of } = part ?? EVERYTHING;
    return {
      format: "hyperv-export/verify",
      version: 1,
      ...this.about,
      directories: [...directories],
      result: resultOf(concluded, failures),
      ...(content && { content: { portion: `${index + 1}/${of}`, files: content.files, bytes: content.bytes } }),
      ...concluded,
      failures,
    };
  }

  /**
   * What a restore of one export needs, and what is known of it.
   *
   * @param tree where the base of a single differential export is looked for
   * @throws ExportError where no one export is meant
   */
  async restorePlan(directory: string, tree?: string): Promise<RestorePlan> {
    const { failures, ...plan } = await planRestore(this.operation, directory, tree);
    return { format: "hyperv-export/restore-plan", version: 1, directory, ...plan, failures: failures.map(toldFailure) };
  }

  /** Of directories that lie in one another, each export is told once. */
  private async find(directories: readonly string[], { requireAny = false } = {}): Promise<FoundExports> {
    const chains = new Map<string, FoundExports["chains"][number]>();
    const singles = new Map<string, FoundExports["singles"][number]>();
    const failures = new Map<string, Failure>();
    for (const directory of directories) {
      try {
        const found = await findExports(this.operation, directory);
        for (const chain of found.chains) keepFuller(chains, chain);
        for (const single of found.singles) singles.set(single.directory, single);
        for (const failure of found.failures) failures.set(failure.directory, failure);
        if (requireAny && isEmpty(found)) failures.set(directory, { directory, error: nothingExported(directory) });
      } catch (error) {
        if (!isExportError(error)) throw error;
        failures.set(directory, { directory, error });
      }
    }
    return { chains: [...chains.values()], singles: [...singles.values()], failures: [...failures.values()] };
  }
}

/** Named as a whole and by a generation, a chain is looked at as a whole; by two generations, as far as either needs. */
function keepFuller(chains: Map<string, FoundExports["chains"][number]>, chain: FoundExports["chains"][number]): void {
  const before = chains.get(chain.about.directory);
  if (before === undefined) {
    chains.set(chain.about.directory, chain);
    return;
  }
  const labels = new Set(before.generations.map(({ recorded }) => recorded.label));
  const more = chain.generations.filter(({ recorded }) => !labels.has(recorded.label));
  const generations = [...before.generations, ...more].sort((one, other) => one.position - other.position);
  const about = chain.generations.length > before.generations.length ? chain.about : before.about;
  chains.set(about.directory, { about, generations });
}

function isEmpty({ chains, singles, failures }: FoundExports): boolean {
  const generations = chains.flatMap((chain) => chain.generations);
  return singles.length + generations.length + failures.length === 0 && chains.every(({ about }) => about.problems.length === 0);
}

function nothingExported(directory: string): ExportError {
  return new ExportError("nothing-exported", { step: TREE_STEP, subject: directory, reason: "no export lies in it or below it" });
}

type Told = Pick<ListReport, "chains" | "exports">;

/** In an order that is the same on every computer. */
function told({ chains, exports }: ReturnType<typeof conclude>): Told {
  return { chains: [...chains].sort(byDirectory), exports: [...exports].sort(byMachineAndDate) };
}

function byDirectory(one: { readonly directory: string }, other: { readonly directory: string }): number {
  return one.directory < other.directory ? -1 : 1;
}

function byMachineAndDate(one: ReportedExport, other: ReportedExport): number {
  const key = ({ virtualMachineName = "", virtualMachineId = "", date = "", directory }: ReportedExport) =>
    [virtualMachineName, virtualMachineId, date, directory].join("\0");
  return key(one) < key(other) ? -1 : 1;
}

function resultOf({ chains, exports }: Told, failures: readonly ReportedFailure[]): VerifyReport["result"] {
  const all = [...exports, ...chains.flatMap(({ generations }) => generations)];
  if (all.some(({ condition }) => isLoss(condition)) || chains.some(({ problems }) => problems.length > 0)) return "damaged";
  return failures.length > 0 || all.some(({ condition }) => condition === "unknown") ? "unknown" : "intact";
}

function toldFailure({ directory, error: { code, step, subject, reason, remedy } }: Failure): ReportedFailure {
  return { directory, code, message: `could not ${step} (${subject}): ${reason}`, remedy };
}
