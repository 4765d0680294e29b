import * as fs from "node:fs";
import * as path from "node:path";
import { CLAIM_FILE, MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { Death } from "./death";
import { Engine } from "./engine";
import { alter, diskFile, removeExportedFiles, untilFolder } from "./exported-files";
import { removeTree } from "./files-below";
import type { Expected } from "./invariants";
import type { Scene } from "./scene";
import { Session } from "./session";
import { undisturbed } from "./undisturbed";
import { blind, leaveUnfinished } from "./unfinished";

/** An operation under test: what is there before, what the program asks for, and what must be there afterwards. */
export interface Story {
  readonly name: string;
  /** Brings scene and state to where the operation begins. */
  before(scene: Scene, engine: Engine): Promise<void>;
  /** One run of the program; asked again until it ends. */
  run(scene: Scene, engine: Engine, session: Session): Promise<void>;
  after(scene: Scene): readonly Expected[];
  /** Exports that the operation needs: how often the method may be called, and must be. */
  readonly exports: number;
  /** A job of ours runs when it begins. */
  readonly meetsJob?: boolean;
  /** It ends that job: unless the host is slow enough, the job ends by itself. */
  readonly endsJob?: boolean;
  /** Nothing is there before, so the engine has no state that a refresh could look at. */
  readonly fromNothing?: boolean;
}

const OTHER = "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::other";

async function up(scene: Scene, engine: Engine, changes: Partial<ExportInputs> = {}): Promise<void> {
  await undisturbed(scene, (session) => engine.up(session, scene.inputs(changes)));
}

const directoryOf = (scene: Scene) => scene.inputs().exportDirectory;
const one = (scene: Scene): Expected[] => [{ directory: directoryOf(scene), point: scene.points[0] }];

/** Files that are nobody's business to remove: beside the disks, beside the records, and with a name like ours. */
function putForeignInside(scene: Scene): void {
  scene.putForeign("exports", "sql01", "notes.txt");
  scene.putForeign("exports", "sql01", "Virtual Hard Disks", "somebody-elses.vhdx");
  scene.putForeign("exports", "sql01", "empty", "not.txt");
}

/** Damages the finished export, and lets refresh find it. */
function damaged(name: string, exports: number, damage: (scene: Scene) => void, changes: Partial<ExportInputs> = {}): Story {
  return {
    name,
    exports,
    async before(scene, engine) {
      await up(scene, engine, changes);
      putForeignInside(scene);
      damage(scene);
      await undisturbed(scene, (session) => engine.refresh(session));
      if (engine.current?.status !== "damaged") throw new Error(`refresh found ${engine.current?.status}`);
    },
    run: (scene, engine, session) => engine.up(session, scene.inputs(changes)),
    after: one,
  };
}

async function requireNoJob(scene: Scene): Promise<void> {
  const { jobs } = await scene.lab.describe();
  if (jobs.some(({ jobState }) => jobState < 7)) throw new Error("destroy left a job running");
}

const CONTENT = { verification: { level: "content", portion: "1/1" } } as const;

function reading(name: string, changes: Partial<ExportInputs>): Story {
  return {
    name,
    exports: 0,
    before: (scene, engine) => up(scene, engine, changes),
    async run(_, engine, session) {
      await engine.refresh(session);
      if (engine.current?.status !== "intact") throw new Error(`refresh found ${engine.current?.status ?? "nothing"}`);
    },
    after: one,
  };
}

/** The resource has another name from now on. */
function renamed(name: string, exports: number, prepare: (scene: Scene, engine: Engine) => Promise<void>): Story {
  return {
    name,
    exports,
    async before(scene, engine) {
      await up(scene, engine, { createUrn: OTHER });
      await prepare(scene, engine);
    },
    run: (scene, engine, session) => engine.up(session, scene.inputs()),
    after: (scene) => one(scene).map((expected) => ({ ...expected, owner: scene.inputs().createUrn })),
  };
}

export const stories: readonly Story[] = [
  {
    name: "create, full",
    exports: 1,
    fromNothing: true,
    before: async () => {},
    run: (scene, engine, session) => engine.up(session, scene.inputs()),
    after: one,
  },
  {
    name: "create, differential",
    exports: 1,
    fromNothing: true,
    async before(scene) {
      await up(scene, new Engine(), { exportDirectory: scene.at("base"), createUrn: OTHER });
    },
    run: (scene, engine, session) =>
      engine.up(session, scene.inputs({ referencePoint: scene.points[1], baseReferencePoint: scene.points[0] })),
    after: (scene) => [
      { directory: scene.at("base"), point: scene.points[0] },
      { directory: directoryOf(scene), point: scene.points[1], onTopOf: [scene.at("base")] },
    ],
  },
  {
    name: "adopt",
    exports: 0,
    fromNothing: true,
    async before(scene) {
      const other = new Engine();
      await up(scene, other, { createUrn: OTHER, onDestroy: "keep" });
      await undisturbed(scene, (session) => other.destroy(session));
      putForeignInside(scene);
    },
    run: (scene, engine, session) => engine.up(session, scene.inputs({ onExisting: "adopt" })),
    after: one,
  },
  {
    // Its claim comes along, and means nothing here.
    name: "adopt a copied directory",
    exports: 0,
    fromNothing: true,
    async before(scene) {
      await up(scene, new Engine(), { exportDirectory: scene.at("original"), createUrn: OTHER });
      fs.cpSync(scene.at("original"), directoryOf(scene), { recursive: true });
    },
    run: (scene, engine, session) => engine.up(session, scene.inputs({ onExisting: "adopt" })),
    after: (scene) => [scene.at("original"), directoryOf(scene)].map((directory) => ({ directory, point: scene.points[0] })),
  },
  reading("read", {}),
  reading("read of the content", CONTENT),
  damaged("repair, file missing", 1, (scene) => fs.rmSync(diskFile(scene))),
  damaged("repair, file altered", 1, (scene) => alter(diskFile(scene)), CONTENT),
  damaged("repair, manifest missing", 0, (scene) => fs.rmSync(path.join(directoryOf(scene), MANIFEST_FILE))),
  damaged("repair, all but foreign files gone", 1, (scene) => {
    const foreign = scene.foreignFiles();
    for (const name of fs.readdirSync(directoryOf(scene), { recursive: true, withFileTypes: true })) {
      const file = path.join(name.parentPath, name.name);
      if (name.isFile() && !foreign.has(file)) fs.rmSync(file);
    }
  }),
  {
    // Refresh said damaged, and the directory went away between refresh and up.
    name: "repair, directory gone",
    exports: 1,
    async before(scene, engine) {
      await up(scene, engine);
      fs.rmSync(diskFile(scene));
      await undisturbed(scene, (session) => engine.refresh(session));
      removeTree(directoryOf(scene));
    },
    run: (scene, engine, session) => engine.up(session, scene.inputs()),
    after: one,
  },
  {
    name: "replacement into the same directory",
    exports: 1,
    async before(scene, engine) {
      await up(scene, engine, { triggers: [1] });
    },
    run: (scene, engine, session) => engine.up(session, scene.inputs({ triggers: [2] })),
    after: one,
  },
  {
    name: "replacement into another directory",
    exports: 1,
    async before(scene, engine) {
      await up(scene, engine, { exportDirectory: scene.at("old") });
    },
    run: (scene, engine, session) => engine.up(session, scene.inputs()),
    after: one,
  },
  {
    name: "finish of a partial create",
    exports: 0,
    meetsJob: true,
    before: (scene, engine) => leaveUnfinished(scene, engine, 2_000_000),
    run: (scene, engine, session) => engine.up(session, scene.inputs()),
    after: one,
  },
  renamed("rename", 0, async () => {}),
  renamed("rename while the directory is gone", 1, async (scene) => fs.rmSync(directoryOf(scene), { recursive: true })),
  renamed("rename while the claim is lost", 0, async (scene) => fs.rmSync(path.join(directoryOf(scene), CLAIM_FILE))),
  renamed("rename of a damaged export", 1, async (scene, engine) => {
    fs.rmSync(diskFile(scene));
    await undisturbed(scene, (session) => engine.refresh(session));
  }),
  {
    name: "delete",
    exports: 0,
    before: (scene, engine) => up(scene, engine),
    run: (_, engine, session) => engine.destroy(session),
    after: () => [],
  },
  {
    name: "delete beside foreign files",
    exports: 0,
    async before(scene, engine) {
      await up(scene, engine);
      putForeignInside(scene);
    },
    run: (_, engine, session) => engine.destroy(session),
    after: () => [],
  },
  {
    name: "delete of an unfinished export whose directory is gone",
    exports: 0,
    meetsJob: true,
    endsJob: true,
    async before(scene, engine) {
      await leaveUnfinished(scene, engine, 20_000);
      removeTree(directoryOf(scene));
    },
    async run(scene, engine, session) {
      await engine.destroy(session);
      await requireNoJob(scene);
    },
    after: () => [],
  },
  {
    name: "delete of an unfinished export",
    exports: 0,
    meetsJob: true,
    endsJob: true,
    before: (scene, engine) => leaveUnfinished(scene, engine, 20_000),
    async run(scene, engine, session) {
      await engine.destroy(session);
      await requireNoJob(scene);
    },
    after: () => [],
  },
  {
    // Killed between the last file and the folder that it lay in.
    name: "delete of an unfinished export of which only folders are left",
    exports: 0,
    async before(scene, engine) {
      await leaveUnfinished(scene, engine, 20_000);
      await untilFolder(scene);
      const death = new Death({ key: "startTasks#1", when: "before" });
      const session = new Session(scene, death.intervene);
      await Promise.race([engine.destroy(session), death.moment]);
      await session.close();
      removeExportedFiles(scene);
    },
    run: (_, engine, session) => engine.destroy(session),
    after: () => [],
  },
  {
    name: "delete during a repair",
    exports: 0,
    meetsJob: true,
    endsJob: true,
    async before(scene, engine) {
      await damaged("", 1, (damagedScene) => fs.rmSync(diskFile(damagedScene))).before(scene, engine);
      await scene.lab.configure({ synchronousExports: false, bytesPerSecond: 20_000 });
      const before = engine.current;
      const session = blind(scene);
      await engine.up(session, scene.inputs()).catch(() => {});
      await session.close();
      if (engine.current !== before) throw new Error("the repair was not to end");
    },
    run: (_, engine, session) => engine.destroy(session),
    after: () => [],
  },
  {
    name: "destroy that keeps the files",
    exports: 0,
    async before(scene, engine) {
      await up(scene, engine, { onDestroy: "keep" });
      putForeignInside(scene);
    },
    run: (_, engine, session) => engine.destroy(session),
    after: (scene) => [{ directory: directoryOf(scene), point: scene.points[0], claimed: false }],
  },
];

export function storyNamed(name: string): Story {
  const story = stories.find((one) => one.name === name);
  if (story === undefined) throw new Error(`there is no story "${name}"`);
  return story;
}
