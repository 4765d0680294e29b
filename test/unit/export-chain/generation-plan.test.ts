import { describe, expect, it } from "vitest";
import { isDue, labelOf } from "../../../provider/domain/export-chain/due";
import {
  type PlanCircumstances,
  type PossibleBase,
  planGeneration,
} from "../../../provider/domain/export-chain/generation/generation-plan";

const DAY = 86_400_000;

function generation(label: string, base?: string, change: Partial<PossibleBase> = {}): PossibleBase {
  const tie = base === undefined ? {} : { base };
  return {
    label,
    madeAt: "2026-11-28T02:00:00.000Z",
    ...tie,
    virtualMachineId: "machine",
    referencePointId: `point of ${label}`,
    diskIds: ["d1", "d2"],
    intact: true,
    ...change,
  };
}

function planned(generations: PossibleBase[], change: Partial<PlanCircumstances> = {}) {
  const pointsThere = generations.slice(-1).map(({ referencePointId }) => referencePointId);
  return planGeneration({ generations, fullEvery: 7, virtualMachineId: "machine", pointsThere, diskIds: ["d2", "d1"], ...change });
}

describe("the next generation", () => {
  it("is the difference to the last one", () => {
    expect(planned([generation("a"), generation("b", "a")])).toEqual({ kind: "differential", base: "b" });
  });

  it.each([
    ["first", planned([])],
    ["fullEvery", planned([generation("a"), generation("b", "a")], { fullEvery: 2 })],
    ["fullEvery", planned([generation("a")], { fullEvery: 1 })],
    ["machineReplaced", planned([generation("a")], { virtualMachineId: "another machine" })],
    ["disksChanged", planned([generation("a")], { diskIds: ["d1"] })],
    ["disksChanged", planned([generation("a", undefined, { diskIds: ["d1"] })])],
    ["basePointGone", planned([generation("a")], { pointsThere: ["point of another"] })],
    ["previousDamaged", planned([generation("a"), generation("b", "a", { intact: false })])],
    ["previousDamaged", planned([generation("a", undefined, { intact: false }), generation("b", "a")])],
    ["previousDamaged", planned([generation("b", "a")])],
    ["baseOutside", planned([generation("a", undefined, { baseReferencePointId: "point of another export" })])],
  ])("is a full one (%s)", (reason, plan) => {
    expect(plan).toEqual({ kind: "full", reason });
  });

  it("continues a line whatever has become of another one", () => {
    expect(planned([generation("a", undefined, { intact: false }), generation("b")])).toEqual({ kind: "differential", base: "b" });
  });
});

describe("a chain that makes a generation every day", () => {
  const newest = new Date("2026-11-28T02:00:40Z");
  it.each([
    ["is due where there is none", undefined, "2026-11-28T02:00:00Z", true],
    ["is due a day later, also by a scheduler that is a little early", newest, "2026-11-29T02:00:10Z", true],
    ["is not due in the evening", newest, "2026-11-28T22:00:00Z", false],
    ["is not due in the same second", newest, "2026-11-28T02:00:40Z", false],
    ["waits for a clock that is a little behind", newest, "2026-11-27T22:00:00Z", false],
    ["is not held up for years by a date that was wrong", new Date("2031-01-01T00:00:00Z"), "2026-11-29T02:00:00Z", true],
  ])("%s", (_, made, now, due) => {
    expect(isDue(made, DAY, new Date(now))).toBe(due);
  });

  it("calls a generation by its moment", () => {
    expect(labelOf(new Date("2026-11-28T02:00:40.123Z"))).toBe("20261128T020040Z");
  });
});
