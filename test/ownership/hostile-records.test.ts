import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import { parseStoredState } from "../../provider/domain/reference-point-export/stored-state";
import { Engine } from "../support/engine";
import { walk } from "../support/files-below";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { undisturbed } from "../support/undisturbed";

type Json = Record<string, unknown>;

const HASH = "0".repeat(64);

/** What somebody may have put into a record. `finished` is the record as the provider wrote it. */
const forgeries: Readonly<Record<string, (finished: Json, scene: Scene) => unknown>> = {
  "no JSON": () => "{ this is not",
  empty: () => "",
  null: () => null,
  "a list": () => [],
  "a number": () => 1e308,
  "nested too deep to parse": () => `${"[".repeat(200_000)}${"]".repeat(200_000)}`,
  "eight megabytes of list": (finished) => ({ ...finished, warnings: new Array(400_000).fill("a long warning") }),
  "larger than a text may be": () => " ".repeat(17 * 1024 * 1024),
  "a prototype": (finished) =>
    `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},${JSON.stringify(finished).slice(1)}`,
  "another version": (finished) => ({ ...finished, version: 2 }),
  "another format": (finished) => ({ ...finished, format: "something/else" }),
  "another export's id": (finished) => ({ ...finished, exportId: "11111111-2222-3333-4444-555555555555" }),
  "an id that is a path": (finished) => ({ ...finished, exportId: "../../neighbour.txt" }),
  "wrong types": (finished) => Object.fromEntries(Object.keys(finished).map((name) => [name, { toString: 1 }])),
  "another owner": (finished) => ({ ...finished, owner: { urn: "urn:x", project: "p", stack: "s", resource: "r" } }),
  "another place": (finished) => ({ ...finished, canonicalPath: "/" }),
  "files that climb": (finished) => ({ ...finished, files: files("../../neighbour.txt", "Virtual Hard Disks/../../../neighbour.txt") }),
  "files with absolute paths": (finished, scene) => ({
    ...finished,
    files: files(scene.at("neighbour.txt"), "C:\\Windows\\win.ini", "\\\\server\\share\\file"),
  }),
  "files with strange names": (finished) => ({
    ...finished,
    files: files("a\u0000b", "CON", "file.txt:stream", "..", ".", "", "x".repeat(5000), "__proto__"),
  }),
  "files of somebody else": (finished) => ({ ...finished, files: files("notes.txt", "Virtual Hard Disks/somebody-elses.vhdx") }),
  "a repair directory that climbs": (finished, scene) => ({ ...finished, attempt: attempt(scene, { subdirectory: "../../elsewhere" }) }),
  "a repair directory that is a link": (finished, scene) => {
    fs.symlinkSync(scene.at("elsewhere"), path.join(scene.inputs().exportDirectory, ".repair-00000000-00000000"));
    return { ...finished, attempt: attempt(scene, { subdirectory: ".repair-00000000-00000000" }) };
  },
  "a swap of somebody else's manifest": (finished, scene) => ({
    ...finished,
    attempt: attempt(scene, { subdirectory: ".repair-00000000-00000000", state: "swapping", manifestSha256: HASH }),
  }),
  "a swap of files that climb": (finished, scene) => ({
    ...finished,
    attempt: attempt(scene, {
      subdirectory: ".repair-00000000-00000000",
      state: "swapping",
      manifestSha256: HASH,
      moving: climbing(scene),
    }),
  }),
  "an attempt that has left what climbs": (finished, scene) => ({
    ...finished,
    attempt: attempt(scene, { state: "prepared", before: [], files: climbing(scene), folders: climbing(scene) }),
  }),
  "an attempt that names what climbs": (finished, scene) => ({
    ...finished,
    attempt: attempt(scene, { before: [], named: climbing(scene).map((one) => ({ path: one, namedBy: "log" })) }),
  }),
  "empty folders that climb": (finished, scene) => ({
    ...finished,
    finished: { ...(finished.finished as Json | undefined), emptyFolders: climbing(scene) },
  }),
  "an attempt whose disks have foreign names": (finished, scene) => ({ ...finished, attempt: attempt(scene, {}) }),
};

/** A file, and an empty folder, of somebody's beside the export directory. */
function climbing(scene: Scene): string[] {
  fs.mkdirSync(scene.at("exports", "empty"), { recursive: true });
  return ["../empty", "../../neighbour.txt", scene.at("neighbour.txt"), "..", "."];
}

function files(...paths: string[]): object[] {
  return paths.map((one) => ({ path: one, bytes: 1, sha256: HASH, role: "disk" }));
}

function attempt(scene: Scene, changes: Json): Json {
  const disks = ["", ".", "../neighbour.txt", "/", "neighbour.vhdx"].map((file) => ({ instanceId: file, path: file, bytes: 1 }));
  const target = {
    virtualMachineId: ".",
    virtualMachineName: "",
    referencePointId: scene.points[0],
    consistency: "unknown",
    disksToExport: [],
    disks,
  };
  return {
    number: 1,
    subdirectory: "",
    state: "running",
    target,
    knownJobs: [],
    jobPath: "../..",
    startedAt: "never",
    warnings: [],
    ...changes,
  };
}

const verbs = {
  create: (scene: Scene, engine: Engine, session: Session) => {
    engine.current = undefined;
    return engine.up(session, scene.inputs({ onExisting: "adopt" }));
  },
  read: (_: Scene, engine: Engine, session: Session) => engine.refresh(session),
  repair: async (scene: Scene, engine: Engine, session: Session) => {
    await engine.refresh(session);
    await engine.up(session, scene.inputs());
  },
  "finish a partial create": (scene: Scene, engine: Engine, session: Session) => {
    if (engine.current) engine.current = { ...engine.current, status: "incomplete" };
    return engine.up(session, scene.inputs());
  },
  delete: (_: Scene, engine: Engine, session: Session) => engine.destroy(session),
  "give up": (_: Scene, engine: Engine, session: Session) => {
    if (engine.current) engine.current = { ...engine.current, onDestroy: "keep" };
    return engine.destroy(session);
  },
} as const;

/** Everything on the volume that is not in the export directory, and what is foreign in it. */
function outside(scene: Scene): Record<string, string> {
  const directory = scene.inputs().exportDirectory;
  const foreign = scene.foreignFiles();
  const seen = walk(scene.volume).filter(({ file }) => foreign.has(file) || (file !== directory && !file.startsWith(directory + path.sep)));
  return Object.fromEntries(seen.map(({ file, folder }) => [file, folder ? "a folder" : fs.readFileSync(file, "utf8")]));
}

async function finishedScene(): Promise<{ scene: Scene; engine: Engine }> {
  const scene = await Scene.open();
  const engine = new Engine();
  await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
  scene.putForeign("exports", "sql01", "notes.txt");
  scene.putForeign("exports", "sql01", "Virtual Hard Disks", "somebody-elses.vhdx");
  scene.putForeign("elsewhere", "system.vhdx");
  scene.putForeign("elsewhere", MANIFEST_FILE);
  return { scene, engine };
}

let tried = 0;

for (const record of [CLAIM_FILE, MANIFEST_FILE]) {
  for (const [verb, run] of Object.entries(verbs)) {
    test.concurrent(`a forged ${record} lets nobody ${verb} outside the directory`, async () => {
      for (const [name, forge] of Object.entries(forgeries)) {
        tried++;
        const { scene, engine } = await finishedScene();
        const file = path.join(scene.inputs().exportDirectory, record);
        const forged = forge(JSON.parse(fs.readFileSync(file, "utf8")) as Json, scene);
        fs.writeFileSync(file, typeof forged === "string" ? forged : JSON.stringify(forged));
        const before = outside(scene);
        const session = new Session(scene);
        const error: unknown = await run(scene, engine, session).catch((reason: unknown) => reason);
        await session.close();
        if (error !== undefined && !isExportError(error)) throw new Error(`${name}: ${error instanceof Error ? error.stack : error}`);
        expect(outside(scene), name).toEqual(before);
        expect("polluted" in {}, name).toBe(false);
        scene.close();
      }
    });
  }
}

test("a stored state with paths that leave the directory is no state", async () => {
  const { engine } = await finishedScene();
  const state = engine.current;
  if (state === undefined) throw new Error("the create was to end");
  for (const style of ["windows", "posix"] as const) {
    const parsed = (properties: Json) => parseStoredState(state.exportId, properties, () => pathRules(style)).ok;
    expect(parsed({ ...state })).toBe(true);
    for (const one of ["../../neighbour.txt", "/etc/passwd", "a/../../b", "", "a\u0000b"]) {
      expect(parsed({ ...state, files: files(one) }), one).toBe(false);
    }
    // One name where a backslash and a colon are letters like others.
    for (const one of ["C:\\Windows", "..\\..\\neighbour.txt", "a:stream"]) {
      expect(parsed({ ...state, files: files(one) }), one).toBe(style === "posix");
    }
    expect(parsed(JSON.parse('{"__proto__":{"polluted":true}}') as Json)).toBe(false);
  }
  expect("polluted" in {}).toBe(false);
  console.log(`${tried} forged records tried`);
});
