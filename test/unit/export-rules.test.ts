import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nextPollDelay } from "../../provider/domain/hyperv/poll-interval";
import { nameSome } from "../../provider/domain/listing/foreign-files";
import { type ExportTarget, fits, mostBytes } from "../../provider/domain/records/export-target";
import { describeOwner, ownerOfUrn } from "../../provider/domain/records/owner";
import { answers, isMachine, samePoint, sameTarget } from "../../provider/domain/records/target-match";
import { describeProblems, isOfRecordsOnly, type ProblemCode, problemTable } from "../../provider/domain/reference-point-export/problem";

const POINT = "5A010000-0000-4000-8000-000000000001";
const VM = "5A010000-0000-4000-8000-00000000000A";
const target = {
  virtualMachineId: VM,
  virtualMachineName: "SQL01",
  referencePointId: `Microsoft:${POINT}`,
  consistency: "application" as const,
  disksToExport: [] as string[],
  disks: [
    { instanceId: "Microsoft:1", path: "D:\\vms\\SQL01-data.vhdx", bytes: 5 },
    { instanceId: "Microsoft:2", path: "D:\\vms\\SQL01-system.vhdx", bytes: 5 },
  ],
};

describe("whether arguments mean a target", () => {
  const asked = { virtualMachine: "SQL01" };

  it.each<[string, Parameters<typeof answers>[1], boolean]>([
    ["by name, point left out", asked, true],
    ["by GUID, in another case", { virtualMachine: ` ${VM.toLowerCase()} ` }, true],
    ["its point", { ...asked, referencePoint: `{${POINT}}` }, true],
    ["another point", { ...asked, referencePoint: VM }, false],
    ["another machine", { virtualMachine: "SQL02" }, false],
    ["with a base", { ...asked, baseReferencePoint: POINT }, false],
    ["some of the disks, which is not every disk", { ...asked, disksToExport: ["SQL01-data.vhdx", "sql01-SYSTEM.vhdx"] }, false],
  ])("%s", (_, arguments_, expected) => expect(answers(target, arguments_)).toBe(expected));

  it("disks by instance id, path or file name, in any order", () => {
    const some = { ...target, disksToExport: ["Microsoft:1", "Microsoft:2"] };
    const one = { ...target, disksToExport: ["Microsoft:1"] };
    for (const first of ["microsoft:1", "d:\\VMS\\sql01-data.vhdx", "SQL01-DATA.vhdx"]) {
      expect(answers(some, { ...asked, disksToExport: ["SQL01-system.vhdx", first, first] })).toBe(true);
      expect(answers(one, { ...asked, disksToExport: [first] })).toBe(true);
      expect(answers(one, { ...asked, disksToExport: [first, "SQL01-system.vhdx"] })).toBe(false);
      expect(answers(one, { ...asked, disksToExport: [first, "unknown.vhdx"] })).toBe(false);
    }
    expect(answers(one, asked)).toBe(false);
  });

  it("an unknown machine is nobody's", () => expect(isMachine({}, "")).toBe(false));

  it("points are the same by their GUID; two absent ones are", () => {
    expect(samePoint(undefined, undefined)).toBe(true);
    expect(samePoint(undefined, POINT)).toBe(false);
    expect(samePoint(`microsoft:${POINT.toLowerCase()}`, POINT)).toBe(true);
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => samePoint(a, b) === samePoint(b, a)));
  });

  it("targets are the same by machine, point, base and set of disks", () => {
    expect(sameTarget(target, { ...target, virtualMachineName: "RENAMED", disks: [...target.disks].reverse() })).toBe(true);
    const others = [{ virtualMachineId: "x" }, { referencePointId: "x" }, { baseReferencePointId: "x" }, { disks: target.disks.slice(1) }];
    for (const other of others) expect(sameTarget(target, { ...target, ...other })).toBe(false);
  });
});

describe("whether a target fits", () => {
  const [thin, whole, unknown] = [
    { ...target.disks[0], bytes: 64, allocatedBytes: 1 },
    { ...target.disks[0], bytes: 5, allocatedBytes: 5 },
    { ...target.disks[0], bytes: 64 },
  ] as ExportTarget["disks"];
  const of = (...disks: (ExportTarget["disks"][number] | undefined)[]) => ({ ...target, disks: disks.flatMap((disk) => disk ?? []) });

  it.each<[string, ExportTarget, number | undefined, boolean]>([
    ["what is in use", of(thin, whole), 6, true],
    ["a byte less than is in use", of(thin, whole), 5, false],
    ["a disk of which nobody knows how much is in use", of(thin, unknown), 1, true],
    ["nobody can tell what is free", of(whole), undefined, true],
    ["a differential export", { ...of(whole), baseReferencePointId: "x" }, 0, true],
  ])("%s", (_, what, free, expected) => expect(fits(what, free)).toBe(expected));

  it("needs at most what is in use; nobody knows the most where nobody can tell it of a disk", () => {
    expect(mostBytes(of(thin, whole))).toBe(6);
    expect(mostBytes(of(thin, whole, unknown))).toBeUndefined();
  });
});

describe("problems", () => {
  it("are a sentence each, with the code in front", () => {
    const sentences = describeProblems([
      { code: "manifest-missing" },
      { code: "file-resized", path: "a/b.vhdx", detail: "expected 2, found 1" },
    ]);
    expect(sentences).toEqual(["manifest-missing", "file-resized: a/b.vhdx: expected 2, found 1"]);
  });

  it("stay few, so that the state stays small, and say how many more", () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ code: "file-missing" as const, path: `${index}` }));
    expect(describeProblems(many)).toHaveLength(21);
    expect(describeProblems(many).at(-1)).toBe("and 980 more");
    expect(describeProblems(many.slice(0, 20))).toHaveLength(20);
  });

  it("of records need no new export; of files they do", () => {
    const codes = Object.keys(problemTable) as ProblemCode[];
    for (const code of codes) expect(isOfRecordsOnly([{ code }])).toBe(problemTable[code].ofRecords);
    expect(isOfRecordsOnly([{ code: "manifest-missing" }, { code: "file-missing" }])).toBe(false);
    expect(codes.filter((code) => problemTable[code].ofRecords && !/^(manifest|claim)-/.test(code))).toEqual([]);
  });

  it("lists of names stay short", () => {
    expect(nameSome(["a", "b"])).toBe("a, b");
    expect(nameSome(Array.from("abcdefghijklm"))).toBe("a, b, c, d, e, f, g, h, i, j and 3 more");
  });
});

describe("the owner of a directory", () => {
  it("is read from the URN, whatever the resource is called", () => {
    const owner = ownerOfUrn("urn:pulumi:prod::backups::ops:Nightly$pulumi-nodejs:dynamic/hyperv:ReferencePointExport::a::b");
    expect(owner).toMatchObject({ stack: "prod", project: "backups", resource: "a::b" });
    expect(describeOwner(owner)).toBe('resource "a::b" of stack "backups/prod"');
    fc.assert(fc.property(fc.string(), (urn) => ownerOfUrn(urn).urn === urn));
  });
});

describe("how long until the next look at a job", () => {
  const elapsed = fc.integer({ min: 0, max: 30 * 86_400_000 });

  it("is never so short that it floods nor so long that an end is missed for long", () => {
    fc.assert(
      fc.property(elapsed, fc.integer({ min: -1, max: 101 }), (ms, percent) => {
        const wait = nextPollDelay(ms, percent);
        expect(wait).toBeGreaterThanOrEqual(20);
        expect(wait).toBeLessThanOrEqual(20_000);
      }),
    );
  });

  it("goes at most a quarter of the way to the surest end of a steady job; a second is the floor", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 86_400_000 }), fc.integer({ min: 1, max: 98 }), (ms, percent) => {
        const surelyLeft = ((99 - percent) * ms) / percent;
        expect(nextPollDelay(ms, percent)).toBeLessThanOrEqual(Math.max(1000, surelyLeft / 4));
      }),
    );
  });

  it("costs few looks: a job of an hour is looked at less than 800 times, and its end is seen within a second or so", () => {
    const total = 3_600_000;
    let now = 0;
    let looks = 0;
    while (now < total) {
      now += nextPollDelay(now, Math.floor((now / total) * 100));
      looks++;
    }
    expect(looks).toBeLessThan(800);
    expect(now - total).toBeLessThan(1500);
  });
});
