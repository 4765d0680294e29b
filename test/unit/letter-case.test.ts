import { describe, expect, it } from "vitest";
import { type PathStyle, pathRules } from "../../provider/domain/paths/path-rules";
import { claimFormat } from "../../provider/domain/records/claim";
import { type Manifest, manifestDigest, manifestFormat } from "../../provider/domain/records/manifest";
import { ownerOfUrn } from "../../provider/domain/records/owner";
import { recordText } from "../../provider/domain/records/record-file";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { DirectoryEntry, Task } from "../../provider/host/port";
import { inspectExport, verifyContent } from "../../provider/lifecycle/directory/inspect";
import { type DirectoryView, lookOf } from "../../provider/lifecycle/directory/look";
import { removableFiles } from "../../provider/lifecycle/directory/removable-files";
import { refuseObstacles } from "../../provider/lifecycle/repair/obstacles";
import { BatchedHost } from "../../provider/lifecycle/session/batched-host";
import { systemClock } from "../../provider/lifecycle/session/clock";
import { Operation } from "../../provider/lifecycle/session/operation";
import { filesNotAsDescribed } from "../../provider/lifecycle/takeover/reuse-finished";

const urn = "urn:pulumi:dev::ops::type::sql01";
const directories: Record<PathStyle, string> = { windows: "D:\\Exports\\Sql01", posix: "/srv/Exports/Sql01" };
const recorded = ["Virtual Hard Disks/Data.vhdx", "Größe.vmcx"];
const file = (path: string) => ({ path, bytes: 5, sha256: "a".repeat(64), role: "disk" as const });
const manifest: Manifest = {
  format: manifestFormat,
  version: 1,
  exportId: "id",
  virtualMachineId: "VM",
  virtualMachineName: "SQL01",
  referencePointId: "Microsoft:P",
  kind: "full",
  consistency: "crash",
  disksToExport: [],
  disks: [],
  startedAt: "2026-11-24T00:00:00Z",
  completedAt: "2026-11-24T00:00:00Z",
  totalBytes: 10,
  warnings: [],
  files: recorded.map(file),
};
const state = { exportId: "id", createUrn: urn, files: manifest.files, manifestSha256: manifestDigest(manifest) } as unknown as ExportState;

interface There {
  readonly style: PathStyle;
  /** What has been done to the names of what is there. */
  readonly change?: (name: string) => string;
  /** What the directory itself is called now. */
  readonly canonicalPath?: string;
}

function viewOf({ style, change = (name) => name, canonicalPath = directories[style] }: There): DirectoryView {
  const { target, ...finished } = { target: { ...manifest, disks: [] }, files: recorded, emptyFolders: [] };
  const claim = {
    format: claimFormat,
    version: 1,
    exportId: "id",
    owner: ownerOfUrn(urn),
    canonicalPath: directories[style],
    claimedAt: "2026-11-24T00:00:00Z",
    finished: { ...finished, target, manifestSha256: manifestDigest(manifest) },
  };
  const entries: DirectoryEntry[] = [...recorded, CLAIM_FILE, MANIFEST_FILE].map((path) => ({
    path: change(path),
    kind: "file",
    bytes: 5,
  }));
  entries.push({ path: change("Virtual Hard Disks"), kind: "directory", bytes: 0 });
  // A host that takes them for the same name finds the records, however they are listed.
  const texts = { [CLAIM_FILE]: recordText(claim), [MANIFEST_FILE]: recordText(manifest) };
  const report = { kind: "directory", canonicalPath, entries, texts, freeBytes: undefined } as const;
  const look = lookOf(directories[style], report, pathRules(style));
  if (look.kind !== "view") throw new Error(look.kind);
  return look.view;
}

/** Hashes whatever it is asked for by the very name under which it is listed, as a folder that tells letter case apart does. */
function hashing(view: DirectoryView, style: PathStyle): Operation {
  const hash = ({ files }: Task) => files.filter((path) => view.entries.some((entry) => entry.path === path));
  let task: Task | undefined;
  const host = {
    pathStyle: style,
    startTasks: async ([one]: readonly Task[]) => {
      task = one;
      return [{ ok: true, value: "1" }];
    },
    poll: async () => {
      if (!task) throw new Error("no task");
      const files = hash(task).map((path) => ({ path, bytes: 5, sha256: "a".repeat(64) }));
      return { jobs: [], pointJobs: [], checkpointJobs: [], tasks: [{ ok: true, value: { kind: "hashed", files } }] };
    },
  };
  const surroundings = { clock: systemClock, hostName: "hv01", progress: () => {}, warn: () => {}, newExportId: () => "x" };
  return new Operation({ ...surroundings, host: new BatchedHost(host as never, 0) }, 10_000, "timeouts.create");
}

const changes = [
  ["upper case", (name: string) => pathRules("windows").fold(name)],
  ["lower case", (name: string) => name.toLowerCase()],
] as const;

describe.each(changes)("on Windows, an export all of whose names are in %s", (_, change) => {
  const view = viewOf({ style: "windows", change });
  const rules = pathRules("windows");

  it("is whole, and nothing in it is somebody's", () => {
    expect(inspectExport(view, state, rules)).toMatchObject({ problems: [], warnings: [] });
    expect(filesNotAsDescribed(view, manifest, rules)).toEqual([]);
    expect(() => refuseObstacles(rules, view, manifest.files, manifest.files)).not.toThrow();
  });

  it("is read, by the names that it has now", async () => {
    expect(await verifyContent(hashing(view, "windows"), view, manifest.files)).toEqual([]);
  });

  it("is removed whole, by the names that it has now", () => {
    const claim = view.claim.kind === "read" ? view.claim.value : undefined;
    expect(removableFiles({ paths: rules }, view, state, claim).sort()).toEqual([...recorded.map(change), MANIFEST_FILE].sort());
  });
});

describe.each(changes)("where letter case tells names apart, an export's files in %s", (_, change) => {
  const view = viewOf({ style: "posix", change: (name) => (recorded.includes(name) ? change(name) : name) });
  const rules = pathRules("posix");

  it("are missing, and what is there is somebody's", () => {
    const { problems, warnings } = inspectExport(view, state, rules);
    expect(problems.map(({ code, path }) => [code, path])).toEqual(recorded.map((path) => ["file-missing", path]));
    expect(warnings).toEqual([`files that are not the export's: ${recorded.map(change).join(", ")}`]);
    expect(filesNotAsDescribed(view, manifest, rules)).toEqual(manifest.files.map(({ path }) => path));
    expect(removableFiles({ paths: rules }, view, state, undefined)).toEqual([MANIFEST_FILE]);
  });

  it("are not in a repair's way", () => {
    const folder = { ...view, entries: view.entries.map((entry) => ({ ...entry, kind: "directory" as const })) };
    expect(() => refuseObstacles(rules, { ...view, entries: folder.entries.slice(0, 2) }, manifest.files, [])).not.toThrow();
    expect(() => refuseObstacles(pathRules("windows"), { ...view, entries: folder.entries.slice(0, 2) }, manifest.files, [])).toThrow();
  });
});

describe("the directory's own path in another letter case", () => {
  it("is the same place on Windows", () => {
    const view = viewOf({ style: "windows", canonicalPath: "d:\\EXPORTS\\sql01" });
    expect([view.claim.kind, view.claimOfElsewhere]).toEqual(["read", undefined]);
    expect(inspectExport(view, state, pathRules("windows")).problems).toEqual([]);
  });

  it("is another place elsewhere", () => {
    const view = viewOf({ style: "posix", canonicalPath: "/srv/exports/sql01" });
    expect([view.claim.kind, view.claimOfElsewhere?.exportId]).toEqual(["absent", "id"]);
  });
});
