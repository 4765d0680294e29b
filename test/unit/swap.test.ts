import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byRecordedName } from "../../provider/domain/listing/listed-name";
import { filesNotInPlace, movedFiles, superfluousFiles, waitingFiles } from "../../provider/domain/listing/swap";
import type { ListedFile } from "../../provider/domain/listing/written-files";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { emptyFoldersOf } from "../../provider/lifecycle/directory/removable-files";

const windows = pathRules("windows");
const posix = pathRules("posix");
const REPAIR = ".repair-0a1b2c3d-00000000";
const repair = { subdirectory: REPAIR };

const entry = (path: string, kind: ListedFile["kind"] = "file", bytes = 1): ListedFile => ({ path, kind, bytes });
const files = (...paths: string[]) => paths.map((path) => ({ path, bytes: 1 }));
const paths = (named: readonly { readonly path: string }[]) => named.map(({ path }) => path);

describe("what has arrived", () => {
  it("waits nowhere, and is there", () => {
    const moving = { ...repair, moving: ["arrived", "waiting", "covers/nothing", "lost"] };
    const there = [entry("arrived"), entry("waiting"), entry(`${REPAIR}/waiting`), entry(`${REPAIR}/covers/nothing`)];
    expect(movedFiles(moving, there, posix)).toEqual(["arrived"]);
    expect(movedFiles(repair, there, posix)).toEqual([]);
  });

  it("may be listed in another letter case on Windows, and nowhere else", () => {
    const moving = { ...repair, moving: ["Disks/Arrived.vhdx", "Disks/Waiting.vhdx"] };
    const there = [entry("disks/arrived.VHDX"), entry("disks/waiting.vhdx"), entry(`${REPAIR}/disks/waiting.vhdx`)];
    expect(movedFiles(moving, there, windows)).toEqual(["Disks/Arrived.vhdx"]);
    expect(movedFiles(moving, there, posix)).toEqual([]);
    expect(paths(waitingFiles(repair, files(...moving.moving), there, windows))).toEqual(["Disks/Waiting.vhdx"]);
  });
});

describe("a swap is whole", () => {
  it.each<[why: string, listed: ListedFile[], windows: string[], posix: string[]]>([
    ["with every file in its place", [entry("D/a.vhdx")], [], []],
    ["with a folder that stood there in another letter case", [entry("d/A.vhdx")], [], ["D/a.vhdx"]],
    ["not without the file", [], ["D/a.vhdx"], ["D/a.vhdx"]],
    ["not with a file of another size", [entry("d/a.vhdx", "file", 2)], ["D/a.vhdx"], ["D/a.vhdx"]],
    ["not while the file still waits", [entry("D/a.vhdx"), entry(`${REPAIR}/D/a.vhdx`)], ["D/a.vhdx"], ["D/a.vhdx"]],
    ["not while it still waits in another letter case", [entry("D/a.vhdx"), entry(`${REPAIR}/d/a.vhdx`)], ["D/a.vhdx"], []],
  ])("%s", (_, listed, onWindows, onPosix) => {
    expect(filesNotInPlace(repair, files("D/a.vhdx"), listed, windows)).toEqual(onWindows);
    expect(filesNotInPlace(repair, files("D/a.vhdx"), listed, posix)).toEqual(onPosix);
  });
});

describe("superfluous is what the damaged export had and the repaired one has not", () => {
  it("under the name that it is listed by", () => {
    const listed = [entry("Old/A.vhdx"), entry("kept.vhdx"), entry("folder", "directory"), entry("Somebody's.txt")];
    const old = files("old/a.vhdx", "OLD/a.vhdx", "KEPT.vhdx", "folder", "gone.vhdx");
    expect(superfluousFiles(old, files("Kept.vhdx"), listed, windows)).toEqual(["Old/A.vhdx"]);
    expect(superfluousFiles(old, files("Kept.vhdx"), listed, posix)).toEqual([]);
  });

  it("never what may be a file of the repaired one, in whatever letter case", () => {
    const name = fc.stringMatching(/^[a-zA-Z\u00c5\u00e5\u03a3\u03c2\u03c3\u212a]{1,3}$/);
    fc.assert(
      fc.property(fc.array(name), fc.array(name), fc.constantFrom(windows, posix), (old, repaired, rules) => {
        const listed = [...new Set([...old, ...repaired])].map((path) => entry(path));
        const removed = superfluousFiles(files(...old), files(...repaired), listed, rules);
        for (const kept of repaired) {
          expect(removed.map((path) => path.toLowerCase())).not.toContain(kept.toLowerCase());
          expect(removed.map(windows.fold)).not.toContain(rules === windows ? windows.fold(kept) : undefined);
        }
        for (const path of removed) expect(old.map(rules.fold)).toContain(rules.fold(path));
      }),
    );
  });
});

describe("a recorded name finds", () => {
  it("the file of that very name before one of nearly the same", () => {
    const listed = byRecordedName([entry("A", "file", 1), entry("a", "file", 2)], windows);
    expect(listed("a")?.bytes).toBe(2);
    expect(listed("A")?.bytes).toBe(1);
  });

  it("none of several that are nearly the same: one of them is somebody's", () => {
    expect(byRecordedName([entry("Ab"), entry("aB")], windows)("ab")).toBeUndefined();
    expect(byRecordedName([entry("Ab"), entry("aB"), entry("AB")], windows)("ab")).toBeUndefined();
  });
});

it("a folder of the damaged export may be listed in another letter case on Windows", () => {
  const entries = [entry("disks", "directory"), entry("used", "directory"), entry("used/x.txt"), entry("somebody's", "directory")];
  const old = files("Disks/a.vhdx", "DISKS/b.vhdx", "Used/c.vhdx");
  expect(emptyFoldersOf({ paths: windows }, old, { entries })).toEqual(["disks"]);
  expect(emptyFoldersOf({ paths: posix }, old, { entries })).toEqual([]);
});
