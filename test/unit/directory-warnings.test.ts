import { expect, it } from "vitest";
import { directoryWarnings } from "../../provider/domain/listing/directory-warnings";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { directoryReport } from "../../provider/host/powershell/answers";

const own = [{ path: "Virtual Hard Disks/a.vhdx" }, { path: "b.vmcx" }];

it("names the export's files whose content a host has put into another tier, and files of others", () => {
  const report = directoryReport({
    kind: "directory",
    canonicalPath: "D:\\e",
    texts: [],
    folders: [
      ["", ["b.vmcx", 0, 1, "notes.txt", 3, 2, "Virtual Hard Disks", 1, 0]],
      ["Virtual Hard Disks", ["A.vhdx", 3, 4096]],
    ],
    freeBytes: null,
  });
  if (report.kind !== "directory") throw new Error(report.kind);
  expect(report.entries.find(({ path }) => path === "Virtual Hard Disks/A.vhdx")).toEqual({
    path: "Virtual Hard Disks/A.vhdx",
    kind: "file",
    bytes: 4096,
    isRecalled: true,
  });
  expect(directoryWarnings(report.entries, own, pathRules("windows"))).toEqual([
    "files that are not the export's: notes.txt",
    "files whose content lies in another storage tier, from where reading them brings it back: Virtual Hard Disks/A.vhdx",
  ]);
});

it("has nothing to say of a plain export", () => {
  const entries = [
    { path: "b.vmcx", kind: "file", bytes: 1 },
    { path: "Virtual Hard Disks", kind: "directory", bytes: 0 },
  ] as const;
  expect(directoryWarnings(entries, own, pathRules("windows"))).toEqual([]);
});
