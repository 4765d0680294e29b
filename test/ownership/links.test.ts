import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { Engine } from "../support/engine";
import { diskFile, exportedFolder } from "../support/exported-files";
import { walk } from "../support/files-below";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { undisturbed } from "../support/undisturbed";

/** Moves what is at a path to the foreign place and puts a link to it where it was. */
function replaceByLink(scene: Scene, target: string): void {
  const moved = scene.at("elsewhere", path.basename(target));
  fs.mkdirSync(path.dirname(moved), { recursive: true });
  fs.renameSync(target, moved);
  fs.symlinkSync(moved, target);
}

/** Where a link can stand, and which errors may come of it. Everything behind it is somebody's. */
const links: Readonly<Record<string, (scene: Scene) => void>> = {
  "a sub-folder": (scene) => replaceByLink(scene, exportedFolder(scene)),
  "a file": (scene) => replaceByLink(scene, diskFile(scene)),
  "the directory": (scene) => replaceByLink(scene, scene.inputs().exportDirectory),
  "a folder above": (scene) => replaceByLink(scene, scene.at("exports")),
  "a folder above, to a copy": (scene) => {
    fs.cpSync(scene.at("exports"), scene.at("elsewhere", "copy"), { recursive: true });
    fs.renameSync(scene.at("exports"), scene.at("away"));
    fs.symlinkSync(scene.at("elsewhere", "copy"), scene.at("exports"));
  },
  "the claim": (scene) => replaceByLink(scene, path.join(scene.inputs().exportDirectory, "reference-point-export.claim.json")),
  "the manifest": (scene) => replaceByLink(scene, path.join(scene.inputs().exportDirectory, "reference-point-export.manifest.json")),
  "a link that leads nowhere": (scene) => {
    const file = diskFile(scene);
    fs.rmSync(file);
    fs.symlinkSync(scene.at("nowhere"), file);
  },
};

const verbs: Readonly<Record<string, (scene: Scene, engine: Engine, session: Session) => Promise<void>>> = {
  create: (scene, engine, session) => {
    engine.current = undefined;
    return engine.up(session, scene.inputs());
  },
  read: (_, engine, session) => engine.refresh(session),
  "repair or delete": async (scene, engine, session) => {
    await engine.refresh(session).catch(() => {});
    if (engine.current) engine.current = { ...engine.current, status: "damaged" };
    await engine.up(session, scene.inputs()).catch(() => {});
    await engine.destroy(session);
  },
  delete: (_, engine, session) => engine.destroy(session),
  "replace in place": (scene, engine, session) => engine.up(session, scene.inputs({ triggers: ["again"] })),
};

/** Everything below the foreign places, with content: links named, not followed. */
function foreign(scene: Scene): Record<string, string> {
  const places = [scene.at("elsewhere"), scene.at("away")].filter((place) => fs.existsSync(place));
  return Object.fromEntries(
    places.flatMap((place) =>
      walk(place).map(({ file, folder }) => [file, folder ? "a folder" : fs.readFileSync(file).toString("base64")]),
    ),
  );
}

for (const [verb, run] of Object.entries(verbs)) {
  for (const [name, link] of Object.entries(links)) {
    test(`${verb} does not follow ${name.startsWith("a link") ? name : `a link in place of ${name}`}`, async () => {
      const scene = await Scene.open();
      const engine = new Engine();
      await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
      link(scene);
      const before = foreign(scene);
      const session = new Session(scene);
      const error: unknown = await run(scene, engine, session).catch((reason: unknown) => reason);
      await session.close();
      if (error !== undefined && !isExportError(error)) throw error;
      expect(foreign(scene)).toEqual(before);
      // A read that met a link says so: as an error, or as damage.
      if (verb === "read" && error === undefined) expect(engine.current?.status).toBe("damaged");
    });
  }
}
