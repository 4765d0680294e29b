import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameMachineByName } from "../../provider/domain/hosts/host-input";
import { declaredInputs } from "../../provider/domain/reference-point-export/declared-inputs";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { type ExportInputs, type ExportPropertyName, exportProperties } from "../../provider/domain/reference-point-export/properties";
import { UNKNOWN_VALUE } from "../../provider/domain/values/unknown-value";
import { diffExport } from "../../provider/lifecycle/operations/diff";

const VM = "5A010000-0000-4000-8000-00000000000A";
const [FIRST, SECOND] = ["5A010000-0000-4000-8000-000000000001", "5A010000-0000-4000-8000-000000000002"];
const inputs = declaredInputs({
  host: { kind: "simulator", directory: "/srv/lab" },
  virtualMachine: "SQL01",
  referencePoint: `Microsoft:${SECOND}`,
  exportDirectory: "/srv/Exports/sql01",
  baseReferencePoint: `Microsoft:${FIRST}`,
  disksToExport: ["a.vhdx", "b.vhdx"],
  triggers: [{ a: 1, b: [2] }],
  createUrn: "urn:pulumi:dev::ops::t::x",
});
const olds: ExportState = {
  ...inputs,
  exportId: "x",
  virtualMachineId: VM,
  virtualMachineName: "SQL01",
  referencePointId: `Microsoft:${SECOND}`,
  status: "intact",
  problems: [],
  warnings: [],
};
const diff = (news: Partial<Record<ExportPropertyName, unknown>>, state: Partial<ExportState> = {}, style: "posix" | "windows" = "posix") =>
  diffExport({ ...olds, ...state }, { ...inputs, ...news } as ExportInputs, style, isSameMachine(news.host));

function isSameMachine(host: unknown = inputs.host): boolean {
  return sameMachineByName(inputs.host, host as ExportInputs["host"]) === "same";
}

const unchanged = { changes: false, replaces: [], deleteBeforeReplace: false };

/** A changed value for every row; a row without one does not compile. */
const changed: Readonly<Record<ExportPropertyName, unknown>> = {
  host: { kind: "simulator", directory: "/srv/other" },
  virtualMachine: "WEB01",
  referencePoint: FIRST,
  exportDirectory: "/srv/Exports/other",
  baseReferencePoint: undefined,
  disksToExport: ["a.vhdx"],
  requireConsistency: "crash",
  verification: { level: "content", portion: "1/1" },
  onDestroy: "keep",
  onExisting: "adopt",
  timeouts: { create: "7h", stall: "20m", delete: "30m" },
  triggers: [{ a: 1, b: [3] }],
  createUrn: "urn:pulumi:dev::ops::t::y",
  secretInputs: ["host"],
  status: "intact",
  problems: [],
};

describe("diff", () => {
  it("nothing changed", () => expect(diff({})).toEqual(unchanged));

  it.each(Object.keys(exportProperties) as ExportPropertyName[])("%s changed alone", (name) => {
    const { onChange } = exportProperties[name];
    const difference = diff({ [name]: changed[name] });
    expect(difference.changes).toBe(onChange !== "nothing");
    expect(difference.replaces).toEqual(onChange === "replace" ? [name] : []);
    expect(difference.deleteBeforeReplace).toBe(onChange === "replace" && name !== "exportDirectory");
  });

  it.each(Object.keys(exportProperties) as ExportPropertyName[])("%s not known yet may be what it was", (name) => {
    for (const value of [UNKNOWN_VALUE, [UNKNOWN_VALUE], { x: UNKNOWN_VALUE }]) {
      expect(diff({ [name]: value })).toMatchObject({ replaces: [], deleteBeforeReplace: false });
    }
  });

  it.each<[string, Partial<Record<ExportPropertyName, unknown>>]>([
    ["the machine by GUID", { virtualMachine: VM.toLowerCase() }],
    ["the machine in another case", { virtualMachine: " sql01" }],
    ["the point without its prefix, in braces", { referencePoint: `{${SECOND?.toLowerCase()}}` }],
    ["the point left out: it is the same until the machine's only point is asked for again", { referencePoint: undefined }],
    ["the base in another case", { baseReferencePoint: `microsoft:${FIRST?.toLowerCase()}` }],
    ["the disks in another order and case, one twice", { disksToExport: ["B.VHDX", "a.vhdx", "b.vhdx"] }],
    ["the directory with more slashes", { exportDirectory: "/srv//Exports/sql01/" }],
    ["a trigger whose keys have another order", { triggers: [{ b: [2], a: 1 }] }],
  ])("said in another way: %s", (_, news) => expect(diff(news)).toEqual(unchanged));

  it("on Windows the case of a directory and the slash do not matter, elsewhere they do", () => {
    const windows = { exportDirectory: "D:\\Exports\\SQL01" };
    expect(diff({ exportDirectory: "d:/exports/sql01" }, windows, "windows")).toEqual(unchanged);
    expect(diff({ exportDirectory: "/srv/exports/sql01" }).replaces).toEqual(["exportDirectory"]);
  });

  it("the host's address in another spelling is an update: the state must be able to reach it", () => {
    expect(diff({ host: { kind: "simulator", directory: "/srv/lab/" } })).toEqual({
      changes: true,
      replaces: [],
      deleteBeforeReplace: false,
    });
  });

  it("what refresh found, or a create left, is a change", () => {
    expect(diff({}, { status: "damaged" })).toEqual({ changes: true, replaces: [], deleteBeforeReplace: false });
    expect(diff({}, { status: "incomplete" })).toEqual({ changes: true, replaces: [], deleteBeforeReplace: false });
  });

  it("another directory on another host: the old export goes last", () => {
    const both = diff({ host: changed.host, exportDirectory: changed.exportDirectory });
    expect(both).toEqual({ changes: true, replaces: ["host", "exportDirectory"], deleteBeforeReplace: false });
  });

  it("the same path on another machine is another directory: the old export goes last, but on what both reach", () => {
    const [hv01, hv02] = ["hv01", "hv02"].map((hostName) => ({ kind: "ssh", hostName }) as const);
    const moved = (exportDirectory: string) =>
      diff({ host: hv02, exportDirectory }, { host: hv01 as ExportInputs["host"], exportDirectory }, "windows").deleteBeforeReplace;
    expect(moved("D:\\Exports\\sql01")).toBe(false);
    expect(moved("\\\\nas\\exports\\sql01")).toBe(true);
    expect(moved("C:\\ClusterStorage\\Volume1\\sql01")).toBe(true);
  });

  it("is none of anything against itself", () => {
    const value = fc.constantFrom(...Object.entries(changed).map(([name, one]) => ({ [name]: one })));
    fc.assert(
      fc.property(fc.array(value), (many) => {
        const news = Object.assign({}, inputs, ...many);
        expect(diffExport({ ...olds, ...news, referencePointId: news.referencePoint, status: "intact" }, news, "posix", true)).toEqual(
          unchanged,
        );
      }),
    );
  });
});
