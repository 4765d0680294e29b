import { describe, expect, it } from "vitest";
import { declaredPoint } from "../../provider/domain/reference-point/declared-point";
import type { PointState } from "../../provider/domain/reference-point/outputs";
import { digestOfPoint, parsePointRecord, recordFolderOf } from "../../provider/domain/reference-point/point-record";
import { type PointInputs, type PointPropertyName, pointProperties } from "../../provider/domain/reference-point/properties";
import { parseStoredPoint } from "../../provider/domain/reference-point/stored-state";
import { UNKNOWN_VALUE } from "../../provider/domain/values/unknown-value";
import { keptPoint } from "../../provider/fronts/dynamic/kept/kept-point";
import { diffPoint } from "../../provider/lifecycle/reference-point/diff-point";

const MACHINE = "5A010000-0000-4000-8000-00000000000A";
const urn = "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePoint::sql01";
const given = { host: { kind: "simulator", directory: "/lab" }, virtualMachine: "SQL01", createUrn: urn };
const state: PointState = {
  ...declaredPoint(given),
  recordId: "id",
  status: "intact",
  problems: [],
  virtualMachineId: MACHINE,
  virtualMachineName: "SQL01",
  referencePointId: "Microsoft:5A010000-0000-4000-8000-000000000001",
  madeConsistency: "application",
  diskIds: ["a", "b"],
  createdAt: "2026-11-28T00:00:00.000Z",
};

describe("what the engine keeps of a point", () => {
  it("is read back as it was, the declared and the reported consistency apart", () => {
    const crash: PointState = { ...state, madeConsistency: "crash", consistency: "application-if-possible", hostMachineId: "m" };
    const kept = keptPoint.keptState(crash, { ...given, consistency: "application-if-possible" });
    expect(kept).toMatchObject({ consistency: "application-if-possible", result: { consistency: "crash" }, __owner: "dev::ops::::sql01" });
    expect(parseStoredPoint("id", keptPoint.knownState("id", JSON.parse(JSON.stringify(kept))))).toEqual({ ok: true, value: crash });
  });

  it("is small", () => {
    expect(JSON.stringify(keptPoint.keptState(state, given)).length).toBeLessThan(700);
  });
});

const changed: Readonly<Record<PointPropertyName, [unknown, string]>> = {
  host: [{ kind: "simulator", directory: "/other" }, "replace"],
  virtualMachine: ["WEB01", "replace"],
  consistency: ["crash", "update"],
  onDestroy: ["keep", "update"],
  timeouts: [{ create: "1h", stall: "20m", delete: "30m" }, "update"],
  triggers: [["again"], "replace"],
  createUrn: [`${urn}2`, "update"],
  secretInputs: [["host"], "nothing"],
  status: ["intact", "nothing"],
  problems: [[], "nothing"],
  formerUrns: [[`${urn}0`], "nothing"],
};

describe("diff of a point", () => {
  const diff = (changes: object, olds = state) =>
    diffPoint(olds, { ...declaredPoint(given), ...changes } as PointInputs, { host: false, machine: false });

  it("of the same arguments is nothing", () => {
    expect(diff({})).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
    for (const virtualMachine of [MACHINE.toLowerCase(), "sql01"]) expect(diff({ virtualMachine }).changes).toBe(false);
  });

  it.each(Object.entries(changed))("of another %s is as the table says", (name, [value, change]) => {
    const { changes, replaces } = diff({ [name]: value });
    expect([changes, replaces]).toEqual([change !== "nothing", change === "replace" ? [name] : []]);
  });

  it.each([
    ["application", "application", false],
    ["crash", "application", true],
    ["unknown", "application", true],
    ["crash", "application-if-possible", false],
    ["crash", "crash", false],
  ] as const)("a point that is %s where %s is asked for: replaced is %s", (madeConsistency, consistency, isReplaced) => {
    const olds: PointState = { ...state, madeConsistency, consistency: consistency === "crash" ? "application" : "crash" };
    expect(diff({ consistency }, olds).replaces).toEqual(isReplaced ? ["consistency"] : []);
  });

  it("of what is not known yet is an update, which looks again", () => {
    for (const name of Object.keys(pointProperties).filter((one) => one !== "secretInputs" && one !== "status" && one !== "problems"))
      expect(diff({ [name]: UNKNOWN_VALUE })).toMatchObject({ changes: true, replaces: [] });
  });

  it("an unfinished one is finished", () => {
    expect(diff({}, { ...state, status: "incomplete" })).toMatchObject({ changes: true, replaces: [] });
  });
});

describe("the record of a point", () => {
  it("lies in a folder that any file system takes", () => {
    expect(recordFolderOf('urn:pulumi:dev::ops::a::<>:"/\\|?*')).toMatch(/^[0-9a-f]{32}$/);
  });

  it("is known again by machine and triggers, whatever their order within, and by nothing else", () => {
    const digest = digestOfPoint(MACHINE, { triggers: [{ a: 1, b: [2] }] });
    expect(digestOfPoint(MACHINE.toLowerCase(), { triggers: [{ b: [2], a: 1 }] })).toBe(digest);
    expect(digestOfPoint(MACHINE, { triggers: [{ a: 1, b: [3] }] })).not.toBe(digest);
    expect(digestOfPoint(MACHINE, {})).toBe(digestOfPoint(MACHINE, { triggers: [] }));
  });

  it("no text makes it throw", () => {
    for (const text of ["", "{", "null", "[]", '{"format":"x"}', '{"__proto__":{"entries":[]}}'])
      expect(parsePointRecord(text).ok).toBe(false);
  });
});
