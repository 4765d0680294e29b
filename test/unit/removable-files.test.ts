import { describe, expect, it } from "vitest";
import type { ListedFile } from "../../provider/domain/listing/written-files";
import { type PathStyle, pathRules } from "../../provider/domain/paths/path-rules";
import { type Claim, claimFormat } from "../../provider/domain/records/claim";
import { ownerOfUrn } from "../../provider/domain/records/owner";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import { removableFiles, removableFolders } from "../../provider/lifecycle/directory/removable-files";

const entry = (path: string, kind: ListedFile["kind"] = "file", bytes = 1): ListedFile => ({ path, kind, bytes });
const state = {
  exportId: "id",
  files: [{ path: "Disks/a.vhdx", bytes: 1, sha256: "0".repeat(64), role: "disk" }],
} as unknown as ExportState;

/** What a claim of ours lets go, if it says that the export is of these files. */
function removable(style: PathStyle, listed: readonly ListedFile[], files: readonly string[] | undefined): string[] {
  const view = {
    directory: "/x",
    canonicalPath: "/x",
    entries: listed,
    freeBytes: undefined,
    claimText: undefined,
    claim: { kind: "absent" },
    manifest: { kind: "absent" },
  } as const;
  const target = {
    virtualMachineId: "5A010000-0000-4000-8000-00000000000A",
    virtualMachineName: "SQL01",
    referencePointId: "Microsoft:5A010000-0000-4000-8000-000000000001",
    consistency: "application" as const,
    disksToExport: [],
    disks: [],
  };
  const claim: Claim | undefined = files && {
    format: claimFormat,
    version: 1,
    exportId: "id",
    owner: ownerOfUrn("urn:pulumi:dev::ops::type::sql01"),
    canonicalPath: "/x",
    claimedAt: "2026-11-28T00:00:00.000Z",
    finished: { target, manifestSha256: "0".repeat(64), files: [...files], emptyFolders: [] },
  };
  const host = { paths: pathRules(style) };
  return [...removableFiles(host, view, state, claim), ...removableFolders(host, view, state, claim)];
}

describe("files that are listed in another letter case than they were recorded in", () => {
  const listed = [entry("disks", "directory"), entry("disks/A.vhdx"), entry("disks/somebody's.txt"), entry("empty", "directory")];

  it("are the export's on Windows, with their folders", () => {
    expect(removable("windows", listed, ["Disks/a.vhdx"])).toEqual(["disks/A.vhdx", "disks"]);
  });

  it("are somebody's where letter case tells names apart", () => {
    expect(removable("posix", listed, ["Disks/a.vhdx"])).toEqual([]);
  });

  it("are somebody's where the export's own stands beside them", () => {
    expect(removable("windows", [...listed, entry("Disks/a.vhdx")], ["Disks/a.vhdx"])).toEqual(["Disks/a.vhdx", "disks"]);
  });

  it("are the export's without a claim only with the size that the state says", () => {
    expect(removable("windows", [entry("disks/A.vhdx", "file", 1)], undefined)).toEqual(["disks/A.vhdx"]);
    expect(removable("windows", [entry("disks/A.vhdx", "file", 2)], undefined)).toEqual([]);
  });
});
