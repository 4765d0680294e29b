import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byLabel, type Generation, lineOf } from "../../../provider/domain/export-chain/generation/generation";
import { keptForOthers } from "../../../provider/domain/export-chain/retention/going";
import { type Keep, removalOrder, staying } from "../../../provider/domain/export-chain/retention/retention";
import answers from "./restic-answers.json";

const none: Keep = { last: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const HISTORIES = 10_000;

describe("what stays", () => {
  it.each(answers.cases.map((answer, index) => [index, answer] as const))(
    "is what restic keeps, in its answer %i",
    (_, { seen, keep, kept }) => {
      const generations = [...seen].sort().map((madeAt) => ({ label: madeAt, madeAt }));
      expect([...staying(generations, { ...none, ...keep }, "UTC").keys()].sort()).toEqual([...kept].sort());
    },
  );

  it("is what a plain reading of the rules says, and all that it needs, in any history", () => {
    fc.assert(
      fc.property(
        history,
        keep,
        fc.constantFrom("UTC", "Europe/Vienna", "Pacific/Auckland", "America/St_Johns"),
        (generations, rules, zone) => {
          const chosen = plainly(generations, rules, zone);
          const all = byLabel(generations);
          const needed = generations.filter(({ label }) => chosen.has(label)).flatMap((each) => lineOf(each, all) ?? []);
          const reasons = staying(generations, rules, zone);
          expect([...reasons.keys()].sort()).toEqual([...new Set(needed.map(({ label }) => label))].sort());
          for (const [label, why] of reasons) {
            expect(why.some((reason) => typeof reason === "string")).toBe(chosen.has(label));
          }
        },
      ),
      { numRuns: HISTORIES },
    );
  });

  it("goes by the days of the time zone", () => {
    const generations = [
      { label: "a", madeAt: "2026-11-27T22:30:00.000Z" },
      { label: "b", madeAt: "2026-11-27T23:30:00.000Z" },
    ];
    expect([...staying(generations, { ...none, daily: 2 }, "UTC").keys()]).toEqual(["b"]);
    expect([...staying(generations, { ...none, daily: 2 }, "Europe/Vienna").keys()]).toEqual(["b", "a"]);
  });

  it("has the days around New Year in the week of their Thursday", () => {
    const generations = ["2020-12-31", "2021-01-01", "2021-01-03", "2021-01-04"].map((day) => ({
      label: day,
      madeAt: `${day}T12:00:00.000Z`,
    }));
    expect([...staying(generations, { ...none, weekly: 9 }, "UTC").keys()]).toEqual(["2021-01-04", "2021-01-03"]);
  });

  it("takes the order in which they were made for the truth, not a clock that was wrong", () => {
    const generations = ["2031-01-01", "2026-11-27", "2026-11-28"].map((day) => ({ label: day, madeAt: `${day}T02:00:00.000Z` }));
    expect([...staying(generations, { ...none, last: 2 }, "UTC").keys()]).toEqual(["2026-11-28", "2026-11-27"]);
  });

  it("names what a kept one is needed by", () => {
    const generations = [
      { label: "full", madeAt: "2026-11-26T02:00:00.000Z" },
      { label: "diff", madeAt: "2026-11-27T02:00:00.000Z", base: "full" },
    ];
    expect(staying(generations, { ...none, last: 1 }, "UTC")).toEqual(
      new Map([
        ["diff", ["last"]],
        ["full", [{ neededBy: "diff" }]],
      ]),
    );
  });
});

it("what stays only for another is named with the oldest one that needs it, also by a chain of needs", () => {
  const generations = ["full", "one", "two", "three"].map((label, day, all) => ({
    label,
    madeAt: `2026-11-2${day}T02:00:00.000Z`,
    ...(day > 0 && { base: all[day - 1] }),
  }));
  const conditions = new Map(generations.map(({ label }) => [label, "intact" as const]));
  const kept = (rules: Partial<Keep>) => keptForOthers(generations, conditions, { ...none, ...rules }, "UTC");
  expect(kept({ last: 2 })).toEqual([
    { label: "full", neededBy: "two" },
    { label: "one", neededBy: "two" },
  ]);
  expect([kept({ last: 4 }), keptForOthers(generations, conditions, undefined, "UTC")]).toEqual([[], []]);
});

describe("what goes", () => {
  it("goes so that whatever is left can be restored as before, at any moment", () => {
    fc.assert(
      fc.property(history, keep, (generations, rules) => {
        const stays = staying(generations, rules, "UTC");
        const order = removalOrder(generations, stays);
        expect([...order, ...stays.keys()].sort()).toEqual(generations.map(({ label }) => label).sort());
        const left = byLabel(generations);
        for (const label of order) {
          left.delete(label);
          expect([...left.values()].filter((each) => lineOf(each, left) === undefined)).toEqual([]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("goes by whole lines, the oldest first, each from its end", () => {
    const generations = ["f1", "d1", "d2", "f2", "d3", "f3"].map((label, day) => ({
      label,
      madeAt: `2026-11-0${day + 1}T02:00:00.000Z`,
      ...(label === "d1" && { base: "f1" }),
      ...(label === "d2" && { base: "d1" }),
      ...(label === "d3" && { base: "f2" }),
    }));
    expect(removalOrder(generations, new Map([["f3", []]]))).toEqual(["d2", "d1", "f1", "d3", "f2"]);
  });

  it("has an order also where a base is missing, or where records name each other", () => {
    const at = { madeAt: "2026-11-01T02:00:00.000Z" };
    const generations = [
      { label: "b", ...at, base: "lost" },
      { label: "c", ...at, base: "b" },
      { label: "x", ...at, base: "y" },
      { label: "y", ...at, base: "x" },
    ];
    const order = removalOrder(generations, new Map());
    expect([...order].sort()).toEqual(["b", "c", "x", "y"]);
    expect(order.indexOf("c")).toBeLessThan(order.indexOf("b"));
  });
});

const keep: fc.Arbitrary<Keep> = fc.record({
  last: fc.nat(6),
  daily: fc.nat(5),
  weekly: fc.nat(4),
  monthly: fc.nat(4),
  yearly: fc.nat(2),
});

/** Nights, some skipped, some with two; now and then a full one; a clock that sometimes goes wrong. */
const history: fc.Arbitrary<Generation[]> = fc
  .array(
    fc.record({
      hoursLater: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 80 }) },
        { weight: 1, arbitrary: fc.integer({ min: -500, max: 9000 }) },
      ),
      full: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((nights) => {
    let at = Date.UTC(2026, 0, 1);
    return nights.map(({ hoursLater, full }, index) => {
      at += hoursLater * 3_600_000;
      const base = full || index === 0 ? {} : { base: `g${index - 1}` };
      return { label: `g${index}`, madeAt: new Date(at).toISOString(), ...base };
    });
  });

/** Slowly, by the words of the rules: the newest of each run of the same day, until there are enough. */
function plainly(generations: readonly Generation[], rules: Keep, timeZone: string): Set<string> {
  const zoned = new Intl.DateTimeFormat("sv-SE", { timeZone });
  const day = ({ madeAt }: Generation) => zoned.format(new Date(madeAt));
  const periodOf: Record<keyof Keep, (generation: Generation) => string> = {
    last: ({ label }) => label,
    daily: day,
    weekly: (generation) => mondayOf(day(generation)),
    monthly: (generation) => day(generation).slice(0, 7),
    yearly: (generation) => day(generation).slice(0, 4),
  };
  const chosen = new Set<string>();
  for (const rule of Object.keys(periodOf) as (keyof Keep)[]) {
    const ends = generations.filter((each, index) => {
      const later = generations[index + 1];
      return later === undefined || periodOf[rule](later) !== periodOf[rule](each);
    });
    for (const { label } of rules[rule] === 0 ? [] : ends.slice(-rules[rule])) chosen.add(label);
  }
  return chosen;
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString();
}
