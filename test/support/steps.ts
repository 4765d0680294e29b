import * as fs from "node:fs";
import * as path from "node:path";
import { isExportError } from "../../provider/domain/errors/export-error";
import { type Claim, parseClaim } from "../../provider/domain/records/claim";
import { type Manifest, parseManifest } from "../../provider/domain/records/manifest";
import { CLAIM_FILE, MANIFEST_FILE, repairDirectoryOf } from "../../provider/domain/records/record-names";
import type { ExportState } from "../../provider/domain/reference-point-export/outputs";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import { sha256Of } from "../../provider/domain/values/sha256";
import { Death, type Point } from "./death";
import { diskFile } from "./disk-files";
import { Engine } from "./engine";
import { walk } from "./invariants";
import type { Scene } from "./scene";
import { Session } from "./session";

/** One command of a story, in a process of its own: what it said, and the code of the error it ended with. */
interface Outcome {
  readonly warnings: string;
  /** Undefined when it ended well. */
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

async function command(scene: Scene, work: (session: Session) => Promise<void>): Promise<Outcome> {
  const session = new Session(scene);
  const error: unknown = await work(session).catch((reason: unknown) => reason);
  await session.close();
  if (error !== undefined && !isExportError(error)) throw error;
  return { warnings: session.warnings.join("\n"), code: error?.code, reason: error?.reason };
}

export const up = (scene: Scene, engine: Engine, changes: Partial<ExportInputs> = {}) =>
  command(scene, (session) => engine.up(session, scene.inputs(changes)));

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

/** An engine that holds a state: also one that should be gone by now. */
export function engineWith(state: ExportState): Engine {
  const engine = new Engine();
  engine.current = state;
  return engine;
}

/** The state of an export that was just made or repaired. */
export function finished({ current }: Engine): ExportState {
  if (current?.status !== "intact") throw new Error(`the export was to be intact: ${current?.status ?? "nothing"}`);
  return current;
}

/** Every file below the directory, byte for byte. */
export function bytesBelow(directory: string): Record<string, string> {
  const files = walk(directory).filter(({ folder }) => !folder);
  return Object.fromEntries(files.map(({ file }) => [path.relative(directory, file), fs.readFileSync(file, "base64")]));
}

export interface Records {
  readonly claim: Claim;
  readonly manifest: Manifest;
  readonly manifestSha256: string;
}

export function recordsIn(directory: string): Records {
  const text = fs.readFileSync(path.join(directory, MANIFEST_FILE), "utf8");
  const [claim, manifest] = [parseClaim(fs.readFileSync(path.join(directory, CLAIM_FILE), "utf8")), parseManifest(text)];
  if (!claim.ok || !manifest.ok) throw new Error(`${directory} has a record that cannot be read`);
  return { claim: claim.value, manifest: manifest.value, manifestSha256: sha256Of(text) };
}
