import * as fs from "node:fs";
import { isExportError } from "../../provider/domain/errors/export-error";
import { repairDirectoryOf } from "../../provider/domain/records/record-names";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { Death, type Point } from "./death";
import type { Intervention } from "./decorated-host";
import type { Engine } from "./engine";
import { diskFile } from "./exported-files";
import type { Scene } from "./scene";
import { Session } from "./session";

/** One command of a story, in a process of its own: what it said, and the code of the error it ended with. */
interface Outcome {
  readonly warnings: string;
  /** Undefined when it ended well. */
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

async function command(scene: Scene, work: (session: Session) => Promise<void>, intervene?: Intervention): Promise<Outcome> {
  const session = new Session(scene, intervene);
  const error: unknown = await work(session).catch((reason: unknown) => reason);
  await session.close();
  if (error !== undefined && !isExportError(error)) throw error;
  return { warnings: session.warnings.join("\n"), code: error?.code, reason: error?.reason };
}

export const up = (scene: Scene, engine: Engine, changes: Partial<ExportInputs> = {}) =>
  command(scene, (session) => engine.up(session, scene.inputs(changes)));

/** An up whose calls go through the intervention. */
export const disturbedUp = (scene: Scene, engine: Engine, intervene: Intervention, changes: Partial<ExportInputs> = {}) =>
  command(scene, (session) => engine.up(session, scene.inputs(changes)), intervene);

/** An up whose process ends at one call. */
export async function killedUp(scene: Scene, engine: Engine, point: Point, changes: Partial<ExportInputs> = {}): Promise<void> {
  const death = new Death(point);
  const session = new Session(scene, death.intervene);
  await Promise.race([engine.up(session, scene.inputs(changes)), death.moment]);
  await session.close();
  if (!death.happened) throw new Error(`the up ended without ${point.key}`);
}

/** Leaves the export damaged, beside the directory of a repair whose job has failed; the name of that. */
export async function failedRepair(scene: Scene, engine: Engine, changes: Partial<ExportInputs> = {}): Promise<string> {
  fs.rmSync(diskFile(scene));
  await refresh(scene, engine);
  await scene.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
  const { code } = await up(scene, engine, changes);
  const repair = fs.readdirSync(scene.inputs().exportDirectory).find((name) => repairDirectoryOf(name) === name);
  if (code !== "job-failed" || repair === undefined) throw new Error(`the repair was to fail, and to leave a directory: ${code}`);
  return repair;
}

export const refresh = (scene: Scene, engine: Engine) => command(scene, (session) => engine.refresh(session));

export const destroy = (scene: Scene, engine: Engine) => command(scene, (session) => engine.destroy(session));
