import { describe, expect, it } from "vitest";
import { declaredValues } from "../../../provider/domain/declared-values";
import { type ChainState, inputsOfState } from "../../../provider/domain/export-chain/outputs";
import { type ChainInputs, type ChainPropertyName, chainProperties } from "../../../provider/domain/export-chain/properties";
import { parseStoredChain } from "../../../provider/domain/export-chain/stored-state";
import { UNKNOWN_VALUE } from "../../../provider/domain/values/unknown-value";
import { keptChain } from "../../../provider/fronts/dynamic/kept/kept-chain";
import { checkChain } from "../../../provider/lifecycle/chain/check-chain";
import { diffChain, refuseChainReplacement } from "../../../provider/lifecycle/chain/diff-chain";

const MACHINE = "5A010000-0000-4000-8000-00000000000A";
const NOW = new Date("2026-11-28T12:00:00Z");
const urn = "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::sql01";
const given = {
  host: { kind: "simulator", directory: "/lab" },
  virtualMachine: "SQL01",
  directory: "/exports/sql01",
  via: "referencePoint",
  generation: "2026-11-28",
  keep: { last: 14 },
  createUrn: urn,
};
const declared = (values: object) => declaredValues(chainProperties, values as Record<string, unknown>) as unknown as ChainInputs;
const night = (index: number) => `2026-11-${String(index + 1).padStart(2, "0")}`;
const lines = Array.from(
  { length: 28 },
  (_, index) => `${night(index)} ${night(index)}T02:00:00Z ${index % 7 === 0 ? "full" : "differential"} 64424509440`,
);
const state: ChainState = {
  ...declared(given),
  chainId: "id",
  status: "intact",
  problems: [],
  warnings: [],
  virtualMachineId: MACHINE,
  virtualMachineName: "SQL01",
  generations: lines,
  reason: "fullEvery",
  referencePointId: "Microsoft:5A010000-0000-4000-8000-000000000001",
};

describe("what the engine keeps of a chain", () => {
  it("is read back as it was", () => {
    const damaged: ChainState = {
      ...state,
      status: "damaged",
      problems: ["generation-gone: 2026-11-28"],
      warnings: ["a"],
      hostMachineId: "m",
      nextPortion: 3,
      alteredFiles: ["2026-11-28/a.vhdx"],
    };
    const kept = JSON.parse(JSON.stringify(keptChain.keptState(damaged, given)));
    expect(kept).toMatchObject({ __owner: "dev::ops::::sql01", directory: "/exports/sql01" });
    expect(parseStoredChain("id", keptChain.knownState("id", kept))).toEqual({ ok: true, value: damaged });
    const { status, problems, ...inputs } = declared(given) as ChainInputs & { readonly status: string; readonly problems: string[] };
    expect([inputsOfState(damaged), status, problems]).toEqual([inputs, "intact", []]);
  });

  it("is at most 6 KiB after 30 nights", () => {
    const kept = keptChain.keptState({ ...state, generations: [...lines, ...lines.slice(0, 2)] }, given);
    expect(JSON.stringify(kept).length).toBeLessThan(6 * 1024);
  });
});

/** Another value of each argument, and what it does. */
const changed: Readonly<Record<ChainPropertyName, [unknown, "replace" | "update" | "nothing"]>> = {
  host: [{ kind: "simulator", directory: "/other" }, "replace"],
  virtualMachine: ["WEB01", "replace"],
  directory: ["/exports/other", "replace"],
  via: ["checkpoint", "replace"],
  ignoreUnsupportedDisks: [true, "update"],
  intent: ["merge", "update"],
  generation: ["2026-11-29", "update"],
  fullEvery: [3, "update"],
  keep: [{ last: 2, daily: 0, weekly: 0, monthly: 0, yearly: 0 }, "update"],
  timeZone: ["UTC", "update"],
  consistency: ["crash", "update"],
  disks: [["data.vhdx"], "update"],
  verification: [{ level: "content", portion: "1/1" }, "update"],
  onLostBase: ["fail", "update"],
  onDestroy: ["keep", "update"],
  onExisting: ["adopt", "update"],
  timeouts: [{ create: "1h", stall: "20m", delete: "30m" }, "update"],
  triggers: [["again"], "update"],
  createUrn: [`${urn}2`, "update"],
  secretInputs: [["host"], "nothing"],
  status: ["intact", "nothing"],
  problems: [[], "nothing"],
};

describe("diff of a chain", () => {
  const diff = (changes: object, olds = state, now = NOW, same = false) =>
    diffChain(
      olds,
      { ...declared(given), ...changes } as ChainInputs,
      "posix",
      { isSameHost: same, isSameMachine: same, isMoved: same },
      now,
    );

  it("of the same arguments is nothing, whatever the time", () => {
    expect(diff({})).toEqual({ changes: false, replaces: [] });
    expect(diff({}, state, new Date("2030-01-01T00:00:00Z"))).toEqual({ changes: false, replaces: [] });
    for (const virtualMachine of [MACHINE.toLowerCase(), "sql01"]) expect(diff({ virtualMachine }).changes).toBe(false);
    expect(diff({ directory: "/exports//sql01/" }).changes).toBe(false);
  });

  it.each(Object.entries(changed))("%s", (name, [value, change]) => {
    expect(diff({ [name]: value })).toEqual({ changes: change !== "nothing", replaces: change === "replace" ? [name] : [] });
  });

  it("asks for nothing by a label that is there, of the same machine by another name, or where something is not known yet", () => {
    expect(diff({ virtualMachine: "RENAMED" }, state, NOW, true)).toEqual({ changes: false, replaces: [] });
    for (const name of ["virtualMachine", "directory", "host", "generation"])
      expect(diff({ [name]: UNKNOWN_VALUE })).toEqual({ changes: true, replaces: [] });
  });

  it("is due by the clock, by what a refresh has found and by what is unfinished", () => {
    const every = { generation: { every: "1d" } };
    const daily = { ...state, ...every };
    expect(diff(every, daily).changes).toBe(false);
    expect(diff(every, daily, new Date("2026-11-29T02:00:00Z")).changes).toBe(true);
    for (const status of ["damaged", "incomplete"] as const) expect(diff({}, { ...state, status }).changes).toBe(true);
  });

  it("refuses what would replace it, but for one that is kept and left where it is", () => {
    const refuse = (olds: ChainState, changes: object) => () => {
      const news = { ...declared(given), ...changes } as ChainInputs;
      refuseChainReplacement(olds, news, "posix", diff(changes, olds).replaces);
    };
    const kept: ChainState = { ...state, onDestroy: "keep" };
    expect(refuse(state, { directory: "/elsewhere" })).toThrow(/chain-replacement-refused/);
    expect(refuse(kept, { virtualMachine: "WEB01", onDestroy: "keep" })).toThrow(/Choose another directory/);
    expect(refuse(kept, { directory: "/elsewhere" })).not.toThrow();
    expect(refuse(state, { fullEvery: 2 })).not.toThrow();
  });
});

describe("check of a chain", () => {
  const check = (values: object) => checkChain({ ...given, ...values }, () => "posix").failures.map(({ property }) => property);

  it("lets what is right through, and what is not known yet", () => {
    expect(check({})).toEqual([]);
    expect(check({ generation: UNKNOWN_VALUE, keep: UNKNOWN_VALUE })).toEqual([]);
  });

  it.each<[object, string[]]>([
    [{ generation: "a/b" }, ["generation"]],
    [{ generation: { every: "x" } }, ["generation.every"]],
    [{ generation: { each: "1d" } }, ["generation.every", "generation"]],
    [{ generation: 7 }, ["generation"]],
    [{ keep: {} }, ["keep"]],
    [{ keep: { last: 1.5 } }, ["keep.last"]],
    [{ keep: { weeks: 1, last: 1 } }, ["keep"]],
    [{ fullEvery: 0 }, ["fullEvery"]],
    [{ timeZone: "Mars" }, ["timeZone"]],
    [{ directory: "relative" }, ["directory"]],
    [{ via: "snapshot" }, ["via"]],
    [{ disks: [] }, ["disks"]],
    [{ unknown: 1 }, ["unknown"]],
    [{ via: undefined }, ["via"]],
    [{ ignoreUnsupportedDisks: true, intent: "merge", timeouts: { merge: "1h" } }, ["ignoreUnsupportedDisks", "intent", "timeouts.merge"]],
    [{ via: "checkpoint", disks: ["a.vhdx"] }, ["disks"]],
    [{ via: "checkpoint", intent: "none", timeouts: { merge: "x" } }, ["intent", "timeouts.merge"]],
    [{ via: "checkpoint", ignoreUnsupportedDisks: true, intent: "merge", timeouts: { merge: "1h" } }, []],
    [{ via: UNKNOWN_VALUE, intent: "merge", disks: ["a.vhdx"] }, []],
  ])("refuses %j", (values, properties) => {
    expect(check(values).sort()).toEqual([...properties].sort());
  });
});
