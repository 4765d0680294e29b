import { byLabel, type Generation, knownLineOf } from "../generation/generation";
import { type Calendar, calendarOf } from "./calendar";

/** How many to keep; 0 is none. */
export interface Keep {
  /** The newest ones, however close together. */
  readonly last: number;
  /** The newest one of each day that has one, of the newest so many such days; and so on. */
  readonly daily: number;
  readonly weekly: number;
  readonly monthly: number;
  readonly yearly: number;
}

export type KeepRule = keyof Keep;

/** Why a generation stays: a rule chose it, or one that stays could not be restored without it. */
export type KeepReason = KeepRule | { readonly neededBy: string };

type PeriodOf = (calendar: Calendar, generation: Generation) => string;

const periods: Readonly<Record<KeepRule, PeriodOf>> = {
  last: (_calendar, { label }) => label,
  daily: (calendar, { madeAt }) => calendar.day(new Date(madeAt)),
  weekly: (calendar, { madeAt }) => calendar.week(new Date(madeAt)),
  monthly: (calendar, { madeAt }) => calendar.month(new Date(madeAt)),
  yearly: (calendar, { madeAt }) => calendar.year(new Date(madeAt)),
};

/**
 * Which generations stay, and why: those that a rule chooses, as restic's `forget` chooses snapshots, and those that they need.
 *
 * @param generations only what can be restored: nothing else may take its place
 * @param timeZone what a day is, as {@link calendarOf} takes it
 */
export function staying(generations: readonly Generation[], keep: Keep, timeZone: string): Map<string, KeepReason[]> {
  const calendar = calendarOf(timeZone);
  const newestFirst = [...generations].reverse();
  const rules = Object.keys(periods) as KeepRule[];
  const chosenBy = rules.map((rule) => [rule, chosen(newestFirst, keep[rule], (each) => periods[rule](calendar, each))] as const);

  const all = byLabel(generations);
  const reasons = new Map<string, KeepReason[]>();
  const give = ({ label }: Generation, reason: KeepReason) => reasons.set(label, [...(reasons.get(label) ?? []), reason]);
  for (const [rule, labels] of chosenBy) for (const each of labels) give(each, rule);
  for (const each of new Set(chosenBy.flatMap(([, labels]) => labels))) {
    for (const needed of knownLineOf(each, all).slice(1)) give(needed, { neededBy: each.label });
  }
  return reasons;
}

/** The first of each period, of as many periods as are asked for. */
function chosen(newestFirst: readonly Generation[], count: number, periodOf: (generation: Generation) => string): Generation[] {
  const found: Generation[] = [];
  let last: string | undefined;
  for (const generation of newestFirst) {
    if (found.length >= count) break;
    const period = periodOf(generation);
    if (period !== last) found.push(generation);
    last = period;
  }
  return found;
}

/**
 * Those that go, in the order in which they may: each after all that need it, so that at any moment what is left is as restorable as
 * before. Lines go as wholes, the one with the oldest full generation first.
 */
export function removalOrder(generations: readonly Generation[], stays: ReadonlyMap<string, unknown>): string[] {
  const all = byLabel(generations);
  const places = new Map(generations.map(({ label }, index) => [label, index]));
  const going = generations.filter(({ label }) => !stays.has(label));
  const ranks = new Map(
    going.map((generation) => {
      const line = knownLineOf(generation, all);
      return [
        generation,
        { begin: places.get(line.at(-1)?.label ?? "") ?? 0, depth: line.length, place: places.get(generation.label) ?? 0 },
      ];
    }),
  );
  return [...ranks]
    .sort(([, one], [, other]) => one.begin - other.begin || other.depth - one.depth || other.place - one.place)
    .map(([{ label }]) => label);
}
