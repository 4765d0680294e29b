import * as fs from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directoryWarnings } from "../../provider/domain/listing/directory-warnings";
import { apartFromServers, isFolderOfServer, nameOfServer } from "../../provider/domain/listing/file-server-names";
import { filesOfAttempt, foldersOfAttempt, type ListedFile } from "../../provider/domain/listing/written-files";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { plainName } from "./path-texts";

const file = (path: string): ListedFile => ({ path, kind: "file", bytes: 1 });
const folder = (path: string): ListedFile => ({ path, kind: "directory", bytes: 0 });
const folders = [
  ..."@eaDir|@EADIR|#recycle|#snapshot|@Recycle|@Recently-Snapshot|.@__thumb|.snapshot|.snapshots|~snapshot|.zfs|.AppleDouble|.Trashes".split(
    "|",
  ),
  ...".Trash-1000|.Spotlight-V100|.fseventsd|System Volume Information|$RECYCLE.BIN|RECYCLER|DfsrPrivate|lost+found".split("|"),
];
const files =
  "Thumbs.db|THUMBS.DB|ehthumbs.db|ehthumbs_vista.db|desktop.ini|.DS_Store|.localized|.apdisk|.directory|._Data.vhdx|.nfs0000000000a1b2c3|Icon\r".split(
    "|",
  );

describe("what file servers and systems put into every folder", () => {
  it("is known by its name, wherever it lies", () => {
    for (const name of folders) {
      expect([nameOfServer(folder(name)), nameOfServer(folder(`a/${name}`)), nameOfServer(file(`a/${name}/b/c.vhdx`))]).toEqual([
        name,
        name,
        name,
      ]);
      expect(isFolderOfServer(name)).toBe(true);
    }
    for (const name of files) expect([nameOfServer(file(name)), nameOfServer(file(`a/b/${name}`))]).toEqual([name, name]);
  });

  it("is not what has the name and is of another kind, or nearly the name", () => {
    for (const name of folders) expect(nameOfServer(file(name))).toBeUndefined();
    for (const name of files) expect([nameOfServer(folder(name)), nameOfServer(file(`${name}/x`))]).toEqual([undefined, undefined]);
    for (const name of ["Thumbs.db.vhdx", "my desktop.ini", "@eaDir2", "snapshot", "Data.vhdx", ".nfs", "._", "System Volume"]) {
      expect([nameOfServer(file(name)), nameOfServer(folder(name))]).toEqual([undefined, undefined]);
    }
  });

  it("leaves no trace in what is there, and everything else stays", () => {
    const there = [
      folder("disks"),
      folder("disks/@eaDir"),
      file("disks/Thumbs.db"),
      folder("own"),
      file("own/x"),
      file("own/.DS_Store"),
      folder("empty"),
    ];
    expect(apartFromServers(there).map(({ path }) => path)).toEqual(["own", "own/x", "empty"]);
    const deep = [folder("a"), folder("a/b"), file("a/b/Thumbs.db"), folder("a/c")];
    expect(apartFromServers(deep).map(({ path }) => path)).toEqual(["a", "a/c"]);
    const tree = fc.uniqueArray(
      fc.array(plainName, { minLength: 1, maxLength: 3 }).map((names) => names.join("/")),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(tree, fc.constantFrom(...files), (paths, name) => {
        const plain = paths.map(file).filter((one) => nameOfServer(one) === undefined);
        expect(apartFromServers([...plain, file(name)])).toEqual(plain);
      }),
    );
  });

  it("is not taken for what a job has written, unless the job names it", () => {
    const rules = pathRules("windows");
    const there = [
      file("Data.vhdx"),
      file("._Data.vhdx"),
      file("@eaDir/Data.vhdx"),
      folder("@eaDir"),
      folder("Snapshots"),
      file("._lone.vhdx"),
    ];
    const evidence = { subdirectory: "", before: [], named: [] };
    expect(filesOfAttempt(evidence, there, rules).map(({ path }) => path)).toEqual(["Data.vhdx", "._lone.vhdx"]);
    expect(foldersOfAttempt(evidence, there, rules)).toEqual(["Snapshots"]);
    const named = [{ path: "._data.vhdx", namedBy: "log" as const }];
    expect(filesOfAttempt({ ...evidence, named }, there, rules).map(({ path }) => path)).toContain("._Data.vhdx");
  });

  it("is said once, in words", () => {
    const there = [file("Data.vhdx"), file("Thumbs.db"), file("a/Thumbs.db"), folder("@eaDir"), folder("a/@eaDir"), file("notes.txt")];
    expect(directoryWarnings(there, [{ path: "Data.vhdx" }], pathRules("posix"))).toEqual([
      "files that are not the export's: notes.txt",
      "files of a file server or of the system, which do not count and are not removed: Thumbs.db, @eaDir",
    ]);
  });
});

it("the bridge enters none of the folders that are not entered here", () => {
  const read = (path: string) => fs.readFileSync(new URL(`../../provider/${path}`, import.meta.url), "utf8");
  const here = /folderOfServer =\s+\/(.+)\/i;/.exec(read("domain/listing/file-server-names.ts"))?.[1];
  const there = /\$FolderOfServer = \[regex\]::new\('(.+)', 'IgnoreCase, CultureInvariant'\)/.exec(
    read("host/powershell/bridge/files/look.ps1"),
  )?.[1];
  expect(here).toContain("@eaDir");
  expect(there).toBe(here);
});
