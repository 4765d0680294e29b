import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { claimFormat, parseClaim } from "../../provider/domain/records/claim";
import { manifestFormat, parseManifest } from "../../provider/domain/records/manifest";
import { recordText } from "../../provider/domain/records/record-file";
import {
  CLAIM_FILE,
  isLeftoverRecord,
  isRecord,
  isRepairOf,
  MANIFEST_FILE,
  repairDirectoryName,
  repairDirectoryOf,
} from "../../provider/domain/records/record-names";
import { parseStoredState } from "../../provider/domain/reference-point-export/stored-state";

const windows = pathRules("windows");
const sha256 = "a".repeat(64);
const target = {
  virtualMachineId: "VM",
  virtualMachineName: "SQL01",
  referencePointId: "Microsoft:P",
  consistency: "application",
  disksToExport: [],
  disks: [{ instanceId: "D", path: "/d.vhdx", bytes: 5 }],
};
const manifest = {
  format: manifestFormat,
  version: 1,
  exportId: "x",
  ...target,
  kind: "full",
  startedAt: "2026-11-24T00:00:00Z",
  completedAt: "2026-11-24T00:00:00Z",
  totalBytes: 5,
  warnings: [],
  files: [{ path: "Virtual Hard Disks/d.vhdx", bytes: 5, sha256, role: "disk" }],
};
const claim = {
  format: claimFormat,
  version: 1,
  exportId: "x",
  owner: { urn: "u", project: "p", stack: "s", resource: "r" },
  canonicalPath: "/srv/x",
  claimedAt: "2026-11-24T00:00:00Z",
  finished: { target, manifestSha256: sha256, files: ["a.vhdx"], emptyFolders: [] },
};

describe.each([
  ["manifest", (text: string) => parseManifest(text, windows), manifest],
  ["claim", (text: string) => parseClaim(text, windows), claim],
] as const)("a %s", (_, parse: (text: string) => { ok: boolean; value?: unknown; reason?: string }, record) => {
  it("that was written is read", () => {
    expect(parse(recordText(record))).toEqual({ ok: true, value: record });
  });

  it("of anything is an answer, never an exception, and nothing is polluted", () => {
    const anyRecord = fc.oneof(
      fc.string(),
      fc.json(),
      fc.anything().map((value) => String(JSON.stringify(value))),
      // A good one with something else in one place, so that what lies deep is reached, too.
      fc
        .tuple(fc.constantFrom(...Object.keys(record), "__proto__", "constructor"), fc.jsonValue())
        .map(([key, value]) => recordText(record).replace("{", `{${JSON.stringify(key)}: ${JSON.stringify(value)},`)),
      fc.tuple(fc.nat(400), fc.string()).map(([at, text]) => recordText(record).slice(0, at) + text + recordText(record).slice(at)),
    );
    fc.assert(
      fc.property(anyRecord, (text) => {
        const parsed = parse(text);
        if (parsed.ok) expect(Object.getPrototypeOf(parsed.value)).toBe(Object.prototype);
        else expect(parsed.reason).toMatch(/./);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps no key that it does not know, and no prototype", () => {
    const hostile = recordText(record).replace("{", '{"more": 1, "__proto__": {"polluted": true},');
    const parsed = parse(hostile);
    expect(parsed).toEqual({ ok: true, value: record });
    expect((parsed.value as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("of another version or format is none", () => {
    for (const change of [{ version: 2 }, { version: "1" }, { format: "other" }, { exportId: "" }]) {
      expect(parse(JSON.stringify({ ...record, ...change })).ok).toBe(false);
    }
  });
});

describe("a manifest", () => {
  it.each(["../x", "/etc/passwd", "a/../../b", "C:\\x", "a\\b", "", ".", "a//b", "x\u0000"])(
    "names no file outside the directory: %j",
    (path) => {
      const [file] = manifest.files;
      expect(parseManifest(JSON.stringify({ ...manifest, files: [{ ...file, path }] }), windows).ok).toBe(false);
    },
  );

  const facts = {
    position: 2,
    parent: { directory: "n1", referencePointId: "Microsoft:C", manifestSha256: sha256 },
    configuration: "Virtual Machines/x.vmcx",
    runtimeState: "Virtual Machines/x.vmrs",
    guestState: "Virtual Machines/x.vmgs",
    disks: [{ instanceId: "D", file: "Virtual Hard Disks/d.vhdx" }],
  };
  const { files: disksOnly, ...withoutFiles } = manifest;
  const roles = ["configuration", "runtimeState", "guestState"] as const;
  const files = [...disksOnly, ...roles.map((role) => ({ path: facts[role], bytes: 1, sha256, role }))];

  it("that says what a restore needs is read", () => {
    const told = { ...withoutFiles, restore: facts, files };
    expect(parseManifest(recordText(told), windows)).toEqual({ ok: true, value: told });
  });

  it.each([
    { configuration: "Virtual Machines/y.vmcx" },
    { configuration: "../x.vmcx" },
    { guestState: "C:\\x.vmgs" },
    { disks: [{ instanceId: "D", file: "/etc/passwd" }] },
    { disks: [{ instanceId: "D", file: "Virtual Hard Disks/e.vhdx" }] },
    { position: 0 },
    { parent: { ...facts.parent, manifestSha256: "x" } },
  ])("whose restore names what is no file of it, or makes no sense, is refused: %j", (change) => {
    expect(parseManifest(JSON.stringify({ ...withoutFiles, files, restore: { ...facts, ...change } }), windows).ok).toBe(false);
  });

  it("names a file once; a folder may tell two names apart by letter case alone", () => {
    const [file] = manifest.files;
    const withFiles = (files: unknown[]) => parseManifest(JSON.stringify({ ...manifest, files }), windows).ok;
    expect(withFiles([file, { ...file }])).toBe(false);
    expect(withFiles([file, { ...file, path: file?.path.toUpperCase() }])).toBe(true);
  });
});

describe("the names of our own files", () => {
  it("are told from others", () => {
    for (const name of [CLAIM_FILE, MANIFEST_FILE, `${CLAIM_FILE}.0123456789ab.tmp`]) expect(isRecord(name)).toBe(true);
    for (const name of [
      "claim.json",
      `x/${CLAIM_FILE}`,
      `${CLAIM_FILE}.bak`,
      `${CLAIM_FILE}.a/b.tmp`,
      `${CLAIM_FILE}.mine.tmp`,
      `${CLAIM_FILE}.tmp`,
    ]) {
      expect([isRecord(name), isLeftoverRecord(name)]).toEqual([false, false]);
    }
  });

  it("a repair directory is found by its name, and lies right below", () => {
    fc.assert(
      fc.property(fc.string(), fc.uuid(), (exportId, id) => {
        const name = repairDirectoryName(exportId, id);
        expect([isRepairOf(exportId, name), isRepairOf(`${exportId}x`, name)]).toEqual([true, false]);
        expect(repairDirectoryOf(`${name}/a/b.vhdx`)).toBe(name);
        expect(repairDirectoryOf(`a/${name}/b.vhdx`)).toBeUndefined();
      }),
    );
    for (const path of [
      ".repair-",
      ".repair-XYZ00000-12345678/a",
      ".repair-12345678/a",
      ".repair-12345678-123456789/a",
      "repair-12345678-12345678",
    ])
      expect(repairDirectoryOf(path)).toBeUndefined();
  });
});

describe("a stored state", () => {
  const state = { host: { kind: "simulator", directory: "/srv/lab" }, exportDirectory: "/srv/x" };

  it("needs only a host and a directory; the id is the engine's", () => {
    expect(parseStoredState("the-id", { ...state, exportId: "other" }, () => windows)).toMatchObject({
      ok: true,
      value: { exportId: "the-id", status: "intact", onDestroy: "delete", timeouts: { delete: "30m" } },
    });
  });

  it("holds no undefined: the engine cannot store it", () => {
    const parsed = parseStoredState("x", { ...state, kind: undefined, referencePoint: undefined }, () => windows);
    expect(parsed.ok && Object.values(parsed.value).includes(undefined as never)).toBe(false);
  });

  it("of anything is an answer that repeats no value", () => {
    const names = ["host", "exportDirectory", "files", "timeouts", "status", "problems", "nextPortion", "secretInputs", "__proto__"];
    const value = fc.oneof(fc.constant("hush4711"), fc.constant(["hush4711"]), fc.constant({ kind: "hush4711" }), fc.anything());
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (properties) => {
        const parsed = parseStoredState("x", { ...state, ...properties }, () => windows);
        if (!parsed.ok) expect(parsed.reason).not.toContain("hush4711");
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it("with a file outside the directory is refused: delete would remove it", () => {
    const file = { path: "../../etc/passwd", bytes: 1, sha256, role: "disk" };
    expect(parseStoredState("x", { ...state, files: [file] }, () => windows)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^files\.0\.path: /),
    });
  });
});
