import { ageOf } from "./age";
import type { Backup, MachineBackups } from "./machine-backups";

/** How a machine stands, the worst first. */
export const verdicts = {
  none: "Nothing can be restored.",
  unknown: "Nobody can tell whether anything can be restored.",
  old: "The newest backup that can be restored is older than the limit.",
  partly: "The newest backup can be restored; something else is lost, or nobody can tell of it.",
  fine: "All of it can be restored, as far as was looked.",
} as const;

export type Verdict = keyof typeof verdicts;

export interface JudgedMachine extends MachineBackups {
  readonly verdict: Verdict;
  /** The newest backup that can be restored. */
  readonly newest: Backup | undefined;
  /** Milliseconds since then; undefined where there is none, or its date is not known or lies ahead. */
  readonly age: number | undefined;
  /** When the next backup is due, by what a chain declares, or by the limit; undefined where neither tells. */
  readonly due: Date | undefined;
  readonly bytes: number;
  readonly growth: Growth;
}

export interface Growth {
  /** The last two full backups whose size is known. */
  readonly full: { readonly before: number | undefined; readonly last: number } | undefined;
  /** Bytes of a differential one, on average. */
  readonly difference: number | undefined;
}

/**
 * What a person must know of a machine's backups.
 *
 * @param maxAge how old the newest one may be that can be restored: milliseconds; undefined where there is no limit
 */
export function judged(machine: MachineBackups, now: Date, maxAge: number | undefined): JudgedMachine {
  const { backups, chains } = machine;
  const restorable = backups.filter(({ condition }) => condition === "intact");
  const newest = restorable.filter(({ date }) => ageOf(date, now) !== undefined).at(-1) ?? restorable.at(-1);
  const age = ageOf(newest?.date, now);
  const made = age === undefined ? undefined : momentOf(newest);
  const isOld = maxAge !== undefined && (age === undefined || age > maxAge);
  const isUnclear = backups.some(({ condition }) => condition === "unknown");
  const isWhole = backups.every(({ condition }) => condition === "intact") && chains.every(({ problems }) => problems.length === 0);
  const verdict = newest === undefined ? (isUnclear ? "unknown" : "none") : isOld ? "old" : isWhole ? "fine" : "partly";
  return {
    ...machine,
    verdict,
    newest,
    age,
    due: dueOf(machine, made, maxAge),
    bytes: sumOf(backups),
    growth: growthOf(backups),
  };
}

/** The worst first; of those that stand alike the one whose newest backup is the oldest, then by name. */
export function problemsFirst(machines: readonly JudgedMachine[]): JudgedMachine[] {
  const order = Object.keys(verdicts);
  const age = ({ age: own = Number.POSITIVE_INFINITY, verdict }: JudgedMachine) => (verdict === "fine" ? 0 : own);
  return [...machines].sort(
    (one, other) =>
      order.indexOf(one.verdict) - order.indexOf(other.verdict) ||
      (age(one) === age(other) ? 0 : age(other) - age(one)) ||
      (one.name < other.name ? -1 : one.name > other.name ? 1 : 0),
  );
}

export function momentOf(backup: Pick<Backup, "date"> | undefined): number | undefined {
  const moment = Date.parse(backup?.date ?? "");
  return Number.isNaN(moment) ? undefined : moment;
}

/** A chain that is made by the clock is due an interval after its newest generation, whether that can be restored or not. */
function dueOf({ chains }: MachineBackups, made: number | undefined, maxAge: number | undefined): Date | undefined {
  const byChains = chains.flatMap(({ every, generations }) => {
    const last = momentOf(generations.at(-1));
    return every === undefined || last === undefined ? [] : [last + every];
  });
  const byLimit = made !== undefined && maxAge !== undefined ? [made + maxAge] : [];
  const all = byChains.length > 0 ? byChains : byLimit;
  return all.length === 0 ? undefined : new Date(Math.min(...all));
}

function growthOf(backups: readonly Backup[]): Growth {
  const sizes = (wanted: string) => backups.flatMap(({ kind, bytes }) => (kind === wanted && bytes !== undefined ? [bytes] : []));
  const last = sizes("full").at(-1);
  const differences = sizes("differential");
  return {
    full: last === undefined ? undefined : { before: sizes("full").at(-2), last },
    difference: differences.length === 0 ? undefined : differences.reduce((sum, one) => sum + one, 0) / differences.length,
  };
}

function sumOf(backups: readonly Backup[]): number {
  return backups.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
