import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fileRoles } from "../../provider/domain/hyperv/file-extensions";
import { pathRules } from "../../provider/domain/paths/path-rules";
import type { ExportedFile } from "../../provider/domain/records/exported-file";
import { fileLine, fileOfLine } from "../../provider/domain/records/file-line";
import { EXPORT_TYPE, ownerText, urnOfOwner } from "../../provider/domain/records/owner-text";
import { declaredInputs } from "../../provider/domain/reference-point-export/declared-inputs";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { parseStoredState } from "../../provider/domain/reference-point-export/stored-state";
import { keptExport } from "../../provider/fronts/dynamic/kept/kept-export";
import { markedSecrets } from "../../provider/fronts/dynamic/kept/marked-secrets";

const urn = `urn:pulumi:dev::backup::${EXPORT_TYPE}::sql01`;
const given = {
  host: { kind: "simulator", directory: "/lab" },
  virtualMachine: "SQL01",
  exportDirectory: "/exports/sql01",
  createUrn: urn,
};
const file: ExportedFile = { path: "Virtual Hard Disks/sql01.vhdx", bytes: 65536, sha256: "37593a5f".repeat(8), role: "disk" };
const state: ExportState = {
  ...declaredInputs({ ...given, triggers: [1] }),
  exportId: "x",
  status: "intact",
  problems: [],
  warnings: [],
  kind: "full",
  files: [file],
  totalBytes: 65536,
};

describe("what the engine keeps of an export", () => {
  it("is the arguments as they were given, and one property with what came of them", () => {
    expect(keptExport.keptState(state, { ...given, triggers: [1] })).toEqual({
      host: given.host,
      virtualMachine: "SQL01",
      exportDirectory: "/exports/sql01",
      triggers: [1],
      __owner: "dev::backup::::sql01",
      result: {
        status: "intact",
        kind: "full",
        files: ["N1k6XzdZOl83WTpfN1k6XzdZOl83WTpfN1k6XzdZOl8 65536 Virtual Hard Disks/sql01.vhdx"],
      },
    });
  });

  it("shows nothing of our own: what is no argument and no result begins with two underscores", () => {
    const kept = keptExport.keptState(
      { ...state, hostMachineId: "m", nextPortion: 2, alteredFiles: ["a"], problems: ["p"], warnings: ["w"] },
      { ...given, secretInputs: ["virtualMachine"] },
    );
    const ours = ["host", "virtualMachine", "exportDirectory", "result"];
    for (const name of Object.keys(kept)) expect(ours.includes(name) || name.startsWith("__"), name).toBe(true);
    expect(kept).toMatchObject({
      __secrets: ["virtualMachine"],
      __lastLook: { hostMachineId: "m", nextPortion: 2, alteredFiles: ["a"] },
      result: { problems: ["p"], warnings: ["w"] },
    });
    expect(Object.keys(keptExport.keptArguments({ ...given, status: "intact", problems: [] }, {})).sort()).toEqual([
      "__owner",
      "exportDirectory",
      "host",
      "virtualMachine",
    ]);
  });

  it("comes back as it was", () => {
    const full: ExportState = { ...state, hostMachineId: "m", nextPortion: 2, alteredFiles: [file.path], problems: ["p"], warnings: ["w"] };
    for (const one of [
      full,
      state,
      { ...state, files: undefined, totalBytes: undefined, kind: undefined, status: "incomplete" } as unknown as ExportState,
    ]) {
      const kept = JSON.parse(JSON.stringify(keptExport.keptState(one, { ...given, triggers: [1] })));
      expect(parseStoredState("x", keptExport.knownState("x", kept), () => pathRules("posix"))).toEqual({
        ok: true,
        value: JSON.parse(JSON.stringify(one)),
      });
    }
    expect(keptExport.knownArguments(keptExport.keptArguments(given, {}))).toEqual(given);
  });

  it("says status and problems among the arguments from the refresh that finds something to the up that mends it", () => {
    const damaged: ExportState = { ...state, status: "damaged", problems: ["file-missing: a"] };
    const found = keptExport.foundArguments(keptExport.keptState(damaged, given), keptExport.keptState(state, given), damaged);
    expect(found).toMatchObject({ status: "damaged", problems: ["file-missing: a"] });
    expect(found).not.toHaveProperty("result");
    const declared = { ...given, status: "intact", problems: [] };
    const next = keptExport.keptArguments(declared, found);
    expect(next).toMatchObject({ status: "intact", problems: [] });
    expect(keptExport.keptArguments(declared, next)).not.toHaveProperty("status");
    expect(keptExport.foundArguments(keptExport.keptState(state, given), keptExport.keptState(state, given), state)).not.toHaveProperty(
      "status",
    );
  });

  it("says the owner among the arguments in the up that renames it, and in no other", () => {
    const before = keptExport.keptArguments({ ...given, createUrn: urn.replace("sql01", "former") }, {});
    const renaming = keptExport.keptArguments(given, before);
    expect(renaming).toMatchObject({ __owner: "dev::backup::::sql01", owner: "dev::backup::::sql01" });
    expect(keptExport.knownArguments(renaming)).toEqual(given);
    expect(keptExport.keptArguments(given, renaming)).not.toHaveProperty("owner");
    // A rename that was given up half way: the claim still names the former one.
    const found = keptExport.keptState({ ...state, createUrn: urn.replace("sql01", "former") }, given);
    expect(keptExport.foundArguments(found, keptExport.keptState(state, given), state)).toMatchObject({ owner: "dev::backup::::former" });
    expect(keptExport.knownArguments({ ...given, owner: "mine" })).toHaveProperty("owner", "mine");
  });

  it("of a look-up is known by its arguments alone", () => {
    const lookUp = { host: given.host, exportDirectory: "/exports/sql01" };
    expect(keptExport.knownState("x", lookUp)).toEqual(lookUp);
  });

  it("edited by a hand is not made into something that it is not", () => {
    const kept = keptExport.keptState(state, given);
    for (const result of [null, [], "x", 7]) expect(keptExport.knownState("x", { ...kept, result })).not.toHaveProperty("exportId");
    for (const files of ["x", ["no line"], [7], {}, null]) {
      const known = keptExport.knownState("x", { ...kept, result: { ...(kept.result as object), files } });
      expect(parseStoredState("x", known, () => pathRules("posix"))).toMatchObject({ ok: false, reason: expect.stringContaining("files") });
    }
    const escaping = [fileLine({ ...file, path: "../../etc/passwd" })];
    const known = keptExport.knownState("x", { ...kept, result: { ...(kept.result as object), files: escaping } });
    expect(parseStoredState("x", known, () => pathRules("posix"))).toMatchObject({ ok: false });
  });
});

describe("a file's line", () => {
  it("says all of the file, whatever it is called", () => {
    const anyFile = fc.record({
      path: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("(disk) a.vhdx", "a b\nc.vhdx", "7 7", "x.rct", "x")),
      bytes: fc.maxSafeNat(),
      sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex")),
      role: fc.constantFrom(...fileRoles),
    });
    fc.assert(
      fc.property(anyFile, (one) => {
        expect(fileOfLine(fileLine(one))).toEqual(one);
      }),
    );
  });

  it("is none of another form", () => {
    for (const text of ["", "x", `${"A".repeat(43)} 1`, `${"A".repeat(43)} -1 a`, `${"A".repeat(42)} 1 a`]) {
      expect(fileOfLine(text)).toBeUndefined();
    }
  });
});

describe("an owner's text", () => {
  it.each([
    ["dev::backup::::sql01", urn],
    [
      "dev::backup::ops:backup:Outer$ops:backup:Pair$::a::b",
      `urn:pulumi:dev::backup::ops:backup:Outer$ops:backup:Pair$${EXPORT_TYPE}::a::b`,
    ],
    ["urn:pulumi:dev::backup::other:type:T::sql01", "urn:pulumi:dev::backup::other:type:T::sql01"],
    ["", ""],
    ["no URN", "no URN"],
  ])("%s", (text, whole) => {
    expect(ownerText(whole)).toBe(text);
    expect(urnOfOwner(text)).toBe(whole);
  });
});

describe("copies of secrets", () => {
  it("are marked wherever they stand, and nothing else is", () => {
    const secret = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
    const kept = { name: "HUSH", files: ["x HUSH.vhdx", "other"], deep: { bytes: 7, none: null } };
    expect(markedSecrets(kept, (text) => text.includes("HUSH"))).toEqual({
      name: secret("HUSH"),
      files: [secret("x HUSH.vhdx"), "other"],
      deep: { bytes: 7, none: null },
    });
  });
});
