import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { SimulatorHost } from "../../provider/host/simulator/index";
import { openSession } from "../../provider/lifecycle/door";
import { Exports } from "../../provider/lifecycle/exports";
import type { Clock } from "../../provider/lifecycle/session/clock";
import { Engine } from "../support/engine";
import { engineWith, finished } from "../support/engine-state";
import { diskFile } from "../support/exported-files";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { up } from "../support/steps";

/** Two exports in one folder, so that the question for one has both reported. */
async function twoExports(): Promise<{ scene: Scene; first: ExportState; second: ExportState }> {
  const scene = await Scene.open();
  const [first, second] = [new Engine(), new Engine()];
  await up(scene, first, { exportDirectory: scene.at("exports", "first") });
  await up(scene, second);
  return { scene, first: finished(first), second: finished(second) };
}

/** Real time, and more of it at will. */
class PushedClock implements Clock {
  pushed = 0;
  now = () => performance.now() + this.pushed;
  date = () => Date.now();
  sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds / 5));
  random = () => 0.5;
}

test("a directory that is asked for twice is looked at the second time", async () => {
  const { scene, second } = await twoExports();
  const session = new Session(scene);
  const engine = engineWith(second);
  await engine.refresh(session);
  finished(engine);
  fs.rmSync(diskFile(scene));
  await engine.refresh(session);
  expect(engine.current?.status).toBe("damaged");
  await session.close();
});

test("what was reported and is asked for after a pause is looked at anew", async () => {
  const { scene, first, second } = await twoExports();
  const clock = new PushedClock();
  const session = new Session(scene, undefined, clock);
  await engineWith(first).refresh(session);
  fs.rmSync(diskFile(scene));
  clock.pushed = 60_000;
  const engine = engineWith(second);
  await engine.refresh(session);
  expect(engine.current?.status).toBe("damaged");
  await session.close();
});

/** The volume by a path that an export may have: memory is no place for one. */
function reachable(scene: Scene): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stale-answers-"));
  onTestFinished(() => fs.rmSync(folder, { recursive: true }));
  fs.symlinkSync(scene.volume, path.join(folder, "volume"));
  return path.join(folder, "volume");
}

test("what was reported before a change in the same process is looked at anew after it", async () => {
  const scene = await Scene.open();
  const volume = reachable(scene);
  const host = new SimulatorHost(scene.labDirectory);
  const session = openSession(host);
  const exports = new Exports({ session: () => session, pathStyleOf: () => "posix" });
  const silent = { progress: () => {}, warn: () => {}, conclude: () => {}, concludeIfShown: () => {} };
  const inputs = (name: string, changes: Partial<ExportInputs> = {}) =>
    scene.inputs({ exportDirectory: path.join(volume, name), ...changes });
  const first = await exports.create(inputs("first"), silent);
  const second = await exports.create(inputs("second"), silent);
  const stored = (state: ExportState) => ({ id: state.exportId, properties: { ...state } });
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    create: () => exports.create(inputs("third"), silent),
    update: () => exports.update(stored(first), inputs("first", { onDestroy: "keep" }), silent),
    delete: () => exports.delete(stored(first), silent),
  };
  for (const [name, change] of Object.entries(changes)) {
    await exports.read(stored(first), silent);
    await change();
    const aside = scene.at("aside");
    fs.renameSync(second.exportDirectory, aside);
    expect(await exports.read(stored(second), silent), `after the ${name}`).toBeUndefined();
    fs.renameSync(aside, second.exportDirectory);
  }
  await host.close();
});
