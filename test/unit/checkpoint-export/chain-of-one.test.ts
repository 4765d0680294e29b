import { describe, expect, it } from "vitest";
import { chainOfOne, chainPropertiesOf } from "../../../provider/domain/checkpoint-export/chain-of-one";
import { declaredCheckpointExport } from "../../../provider/domain/checkpoint-export/declared-checkpoint-export";
import { asksForGeneration, digestOfTriggers } from "../../../provider/domain/export-chain/demand";
import type { ChainState } from "../../../provider/domain/export-chain/outputs";
import { parseStoredChain } from "../../../provider/domain/export-chain/stored-state";
import { UNKNOWN_VALUE } from "../../../provider/domain/values/unknown-value";
import { keptCheckpointExport } from "../../../provider/fronts/dynamic/kept/kept-checkpoint-export";
import { checkChain } from "../../../provider/lifecycle/chain/check-chain";

const BASE = "Microsoft:5A010000-0000-4000-8000-000000000001";
const given = {
  host: { kind: "simulator", directory: "/lab" },
  virtualMachine: "SQL01",
  exportDirectory: "/exports/sql01",
  createUrn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:CheckpointExport::sql01",
};
const inputsOf = (more: object = {}) => chainOfOne(declaredCheckpointExport({ ...given, ...more }));

const isMadeAnew = (before: object, now: object) => {
  const known = { newest: "2026-11-28T02:00:00Z", has: () => true, triggersSha256: digestOfTriggers(inputsOf(before).triggers) };
  return asksForGeneration(inputsOf(now), known, new Date("2036-11-28T12:00:00Z"));
};

describe("the chain that an export by a checkpoint is", () => {
  it("passes the check of chains, which has no base", () => {
    const { baseReferencePoint: _, ...inputs } = inputsOf({ baseReferencePoint: BASE, triggers: [1] });
    expect(checkChain(inputs, () => "posix").failures).toEqual([]);
  });

  it.each<[string, object, object, boolean]>([
    ["nothing changes, whatever time passes", {}, {}, false],
    ["a trigger", { triggers: ["a"] }, { triggers: ["b"] }, true],
    ["no trigger and an empty list", {}, { triggers: [] }, false],
    ["a base", {}, { baseReferencePoint: BASE }, true],
    ["no base any more", { baseReferencePoint: BASE }, {}, true],
    ["another base", { baseReferencePoint: BASE }, { baseReferencePoint: BASE.replace(/1$/, "2") }, true],
    ["the same base in another form", { baseReferencePoint: BASE }, { baseReferencePoint: `{${BASE.slice(10).toLowerCase()}}` }, false],
    ["a trigger beside a base", { baseReferencePoint: BASE, triggers: ["a"] }, { baseReferencePoint: BASE, triggers: ["b"] }, true],
    ["a base that was a trigger", { triggers: [BASE, []] }, { baseReferencePoint: BASE }, true],
    ["how it is made", {}, { consistency: "crash", intent: "merge", ignoreUnsupportedDisks: true }, false],
  ])("is made anew by: %s", (_, before, now, expected) => {
    expect(isMadeAnew(before, now)).toBe(expected);
  });

  it("leaves what is not known yet unknown", () => {
    const { triggers, baseReferencePoint } = chainPropertiesOf({ ...given, baseReferencePoint: UNKNOWN_VALUE });
    expect(baseReferencePoint).toBe(UNKNOWN_VALUE);
    expect(JSON.stringify(triggers)).toContain(UNKNOWN_VALUE);
  });

  it("is read back from what the engine keeps, with what vouches for the export", () => {
    const inputs = inputsOf({ baseReferencePoint: BASE });
    const state: ChainState = {
      ...inputs,
      chainId: "id",
      virtualMachineId: "5A010000-0000-4000-8000-00000000000A",
      virtualMachineName: "SQL01",
      generations: ["export 2026-11-28T02:00:00Z differential 64424509440"],
      referencePointId: BASE.replace(/1$/, "4"),
      newestGeneration: { checkpointId: "Microsoft:C", baseReferencePointId: BASE, consistency: "application", manifestSha256: "ab" },
      status: "damaged",
      problems: ["generation-gone: export"],
      warnings: ["a"],
      hostMachineId: "m",
      nextPortion: 3,
      alteredFiles: ["export/a.vhdx"],
    };
    const kept = JSON.parse(JSON.stringify(keptCheckpointExport.keptState(state, { ...given, baseReferencePoint: BASE })));
    expect(kept).toMatchObject({ __owner: "dev::ops::::sql01", exportDirectory: "/exports/sql01", baseReferencePoint: BASE });
    expect(Object.keys(kept)).not.toContain("directory");
    expect(parseStoredChain("id", chainPropertiesOf(keptCheckpointExport.knownState("id", kept)))).toEqual({ ok: true, value: state });
  });
});
