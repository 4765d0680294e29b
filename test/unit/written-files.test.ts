import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHyperVsByExtension, isMachineConfiguration } from "../../provider/domain/hyperv/file-extensions";
import { foreignFiles } from "../../provider/domain/listing/foreign-files";
import {
  contentOfPlace,
  type Evidence,
  evidenceOfDirectory,
  filesOfAttempt,
  foldersOfAttempt,
  foldersWithoutFiles,
  type ListedFile,
  lackOfKinds,
  latestNames,
  missingNames,
  namedBelow,
  proveEnd,
} from "../../provider/domain/listing/written-files";
import { pathRules } from "../../provider/domain/paths/path-rules";

const windows = pathRules("windows");
const posix = pathRules("posix");
const REPAIR = ".repair-0a1b2c3d-00000000";

const entry = (path: string, kind: ListedFile["kind"] = "file", bytes = 1): ListedFile => ({ path, kind, bytes });
const evidence = (more: Partial<Evidence> = {}): Evidence => ({ subdirectory: "", before: [], named: [], ...more });
const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);
const target = {
  virtualMachineId: "v",
  virtualMachineName: "v",
  referencePointId: "p",
  consistency: "crash" as const,
  disksToExport: [],
  disks: ["1", "2"].map((instanceId) => ({ instanceId, path: instanceId, bytes: 1 })),
};

describe("which files a job wrote", () => {
  it.each<[path: string, role: string | undefined]>([
    ["Virtual Hard Disks/SQL01-data.vhdx", "disk"],
    ["odd/deep/7f3a.AVHDX", "disk"],
    ["7f3a.vhds", "disk"],
    ["a.vhd.rct", "other"],
    ["notes.xml", undefined],
    ["firmware.BIN", undefined],
    ["x.hrl", "log"],
    ["0.vmcx", "configuration"],
    ["0.VMRS", "runtimeState"],
    ["0.vmgs", "guestState"],
    ["notes.txt", undefined],
    ["vhdx", undefined],
    ["folder.vhdx/readme", undefined],
    ["x.constructor", undefined],
    ["", undefined],
  ])("by its extension %j is %j", (path, role) => {
    expect(filesOfAttempt(evidence(), [entry(path)], posix)).toEqual(role === undefined ? [] : [{ path, bytes: 1, role }]);
  });

  it("a file that the job names is the export's, whatever it is called and wherever it lies", () => {
    const named = [
      { path: "a/b/c", namedBy: "configuration" },
      { path: "state.dat", namedBy: "runtimeState" },
      { path: "g", namedBy: "guestState" },
      { path: "x.vhdx", namedBy: "log" },
      { path: "changes.dat", namedBy: "log" },
    ] as const;
    const files = filesOfAttempt(evidence({ named: [...named] }), [...named.map(({ path }) => entry(path)), entry("state.dat2")], posix);
    expect(files.map(({ path, role }) => [path, role])).toEqual([
      ["a/b/c", "configuration"],
      ["state.dat", "runtimeState"],
      ["g", "guestState"],
      ["x.vhdx", "disk"],
      ["changes.dat", "log"],
    ]);
  });

  it("what was there before the call is never the export's, not even if the job names it", () => {
    const of = evidence({ before: ["mine.vhdx", "Data"], named: [{ path: "MINE.vhdx", namedBy: "log" }] });
    const there = [entry("mine.vhdx"), entry("Data", "directory", 0), entry("Data/new.vhdx")];
    const files = filesOfAttempt(of, there, windows);
    expect(paths(files)).toEqual(["Data/new.vhdx"]);
    expect(missingNames(of, files, windows)).toEqual({ missing: [], writtenOver: ["MINE.vhdx"] });
    expect(foldersOfAttempt(of, there, windows)).toEqual([]);
  });

  it("before the first call nothing is", () => {
    expect(filesOfAttempt({ subdirectory: "", named: [] }, [entry("a.vhdx")], posix)).toEqual([]);
    expect(foldersOfAttempt({ subdirectory: "", named: [] }, [entry("a", "directory", 0)], posix)).toEqual([]);
  });

  it("once the job has ended, what comes later is somebody's, whatever its extension", () => {
    const of = evidence({ files: ["a.vhdx", "state.dat"], named: [{ path: "state.dat", namedBy: "runtimeState" }] });
    const there = [entry("a.vhdx"), entry("rescued.vhdx"), entry("state.dat")];
    expect(paths(filesOfAttempt(of, there, posix))).toEqual(["a.vhdx", "state.dat"]);
    expect(missingNames(of, filesOfAttempt(of, there.slice(1), posix), posix)).toEqual({ missing: ["a.vhdx"], writtenOver: [] });
  });

  it("once the job has ended, a folder that comes later is somebody's, too", () => {
    const there = [entry("Snapshots", "directory", 0), entry("for later", "directory", 0)];
    expect(foldersOfAttempt(evidence(), there, posix)).toEqual(["Snapshots", "for later"]);
    expect(foldersOfAttempt(evidence({ folders: ["snapshots"] }), there, windows)).toEqual(["Snapshots"]);
    expect(foldersOfAttempt(evidence({ folders: [] }), there, posix)).toEqual([]);
  });

  it("a folder without files is one that none lies in, however deep; a link counts as one", () => {
    const there = [
      entry("a", "directory", 0),
      entry("a/b", "directory", 0),
      entry("a/b/x"),
      entry("c", "directory", 0),
      entry("c/d", "link", 0),
    ];
    const folders = ["a", "a/b", "c", "e", "e/f"];
    expect(foldersWithoutFiles(folders, { subdirectory: "" }, there)).toEqual(["e", "e/f"]);
    const inRepair = [entry(`${REPAIR}/a/x`), entry("e/x")];
    expect(foldersWithoutFiles(["a", "e"], { subdirectory: REPAIR }, inRepair)).toEqual(["e"]);
  });

  it("links, folders, records and other places are not", () => {
    const there = [
      entry("a.vhdx", "link", 0),
      entry("b.vhdx", "directory", 0),
      entry("reference-point-export.claim.json"),
      entry(`${REPAIR}/c.vhdx`),
    ];
    expect(filesOfAttempt(evidence(), there, posix)).toEqual([]);
    expect(paths(filesOfAttempt(evidenceOfDirectory(REPAIR), there, posix))).toEqual(["c.vhdx"]);
    expect(contentOfPlace("", there)).toEqual(["a.vhdx", "b.vhdx"]);
  });

  it("names are told apart as the host's file system does", () => {
    const of = evidence({ named: [{ path: "Disk.dat", namedBy: "log" }] });
    expect(paths(filesOfAttempt(of, [entry("disk.DAT")], windows))).toEqual(["disk.DAT"]);
    expect(filesOfAttempt(of, [entry("disk.DAT")], posix)).toEqual([]);
  });

  it("a file is written, foreign, or was there before, and never two of them", () => {
    const name = fc.constantFrom(...["a.vhdx", "A.vhdx", "b.vmcx", "c.txt", "d/e.vmrs", "d/f", "g.hrl"]);
    fc.assert(
      fc.property(fc.uniqueArray(name), fc.uniqueArray(name), fc.uniqueArray(name), (there, before, named) => {
        const of = evidence({ before, named: named.map((path) => ({ path, namedBy: "log" as const })) });
        const entries = there.map((path) => entry(path));
        const written = paths(filesOfAttempt(of, entries, posix));
        expect(written.filter((path) => before.includes(path))).toEqual([]);
        expect(named.filter((path) => there.includes(path) && !before.includes(path) && !written.includes(path))).toEqual([]);
        for (const path of written) expect(named.includes(path) || isHyperVsByExtension(path)).toBe(true);
      }),
    );
  });
});

describe("what a finished job lacks", () => {
  it("is what it has named and what is not there", () => {
    const of = evidence({ named: ["a.vhdx", "b.vmcx"].map((path) => ({ path, namedBy: "log" as const })) });
    const files = filesOfAttempt(of, [entry("a.vhdx")], posix);
    expect(missingNames(of, files, posix)).toEqual({ missing: ["b.vmcx"], writtenOver: [] });
  });

  it("is not proven by fewer files of disks than it has disks, nor by an empty configuration", () => {
    const files = [entry("1.vhdx"), entry("2.hrl"), entry("c.vmcx"), entry("r.vmrs")];
    const proven = (entries: ListedFile[]) => proveEnd(target, filesOfAttempt(evidence(), entries, posix));
    expect(proven(files)).toBe(true);
    for (const [index] of files.entries()) expect(proven(files.filter((_, at) => at !== index))).toBe(false);
    expect(proven([...files.slice(0, 2), entry("c.vmcx", "file", 0), files[3] as ListedFile])).toBe(false);
  });

  it("lacks a configuration where none is there, and in full a file for each disk", () => {
    const lack = (of: typeof target, ...names: string[]) =>
      lackOfKinds(
        of,
        filesOfAttempt(
          evidence(),
          names.map((name) => entry(name)),
          posix,
        ),
      );
    const difference = { ...target, baseReferencePointId: "before" };
    expect(lack(target, "1.vhdx", "2.hrl", "c.vmcx")).toBeUndefined();
    expect(lack(target, "1.vhdx", "c.vmcx")).toBe("it holds 1 files of disks, of 2");
    expect(lack(target, "1.vhdx", "2.vhdx", "r.vmrs")).toBe("it lacks the machine's configuration");
    expect(lack(difference, "c.vmcx")).toBeUndefined();
    expect(lack(difference, "1.avhdx", "2.avhdx")).toBe("it lacks the machine's configuration");
  });
});

describe("the paths that a job names", () => {
  it.each<[text: string, below: string | undefined]>([
    ["D:\\Exports\\a\\Virtual Machines\\X.vmcx", "Virtual Machines/X.vmcx"],
    ["d:\\exports\\A\\x.bin", "x.bin"],
    ["D:/Exports/a/x", "x"],
    ["E:\\real\\a\\x", "x"],
    ["D:\\Exports\\ab\\x", undefined],
    ["D:\\Exports\\a", undefined],
    ["D:\\Exports\\a\\..\\b\\x", undefined],
    ["x", undefined],
    ["", undefined],
  ])("%j lies below the place as %j", (path, below) => {
    const named = namedBelow(["D:\\Exports\\a", "E:\\real\\a"], [{ path, namedBy: "log" }], windows);
    expect(named).toEqual(below === undefined ? [] : [{ path: below, namedBy: "log" }]);
  });
});

it("what lies in a folder that another export has claimed is that export's, whenever it has come", () => {
  const inner = ["inner/reference-point-export.claim.json", "inner/1.vhdx", "inner/deep/c.vmcx"].map((path) => entry(path));
  const entries = [entry("own.vhdx"), entry("inner", "directory"), entry("inner/deep", "directory"), entry("innermost.vhdx"), ...inner];
  expect(paths(filesOfAttempt(evidence(), entries, posix))).toEqual(["own.vhdx", "innermost.vhdx"]);
  expect(foldersOfAttempt(evidence(), entries, posix)).toEqual([]);
  expect(contentOfPlace("", entries)).toEqual(["own.vhdx", "innermost.vhdx"]);
});

it("what a job has named once it goes on to name; names that are new take their place", () => {
  const [a, b] = ["a", "b"].map((path) => ({ path, namedBy: "log" as const }));
  if (!a || !b) throw new Error("two names");
  const known = [a];
  expect(latestNames(known, [])).toBe(known);
  expect(latestNames(known, [{ ...a }])).toBe(known);
  expect(latestNames(known, [a, b])).toEqual([a, b]);
  expect(latestNames(known, [b])).toEqual([b]);
  expect(latestNames([], [])).toEqual([]);
});

it("foreign is what is neither the export's nor a record nor a repair", () => {
  const there = [
    entry("Virtual Hard Disks", "directory", 0),
    entry("Virtual Hard Disks/SQL01-data.vhdx"),
    entry("Virtual Hard Disks/SQL01-system.vhdx", "link", 0),
    entry(`${REPAIR}/x.vhdx`),
    entry("reference-point-export.claim.json"),
    entry("notes.txt"),
  ];
  const own = [{ path: "virtual hard disks/sql01-DATA.vhdx" }];
  expect(foreignFiles(there, own, windows)).toEqual(["Virtual Hard Disks/SQL01-system.vhdx", "notes.txt"]);
  expect(foreignFiles(there, own, posix)).toContain("Virtual Hard Disks/SQL01-data.vhdx");
});

it("the configuration of a machine is told from a person's XML", () => {
  const guid = "5a010000-0000-4000-8000-00000000000a";
  expect(["x.vmcx", `a/${guid}.XML`, `a/${guid}.vmcx`].map(isMachineConfiguration)).toEqual([true, true, true]);
  expect(["notes.xml", "x.vhdx", "vmcx", ""].map(isMachineConfiguration)).toEqual([false, false, false, false]);
});
