import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { Engine } from "../support/engine";
import { countFrom, wholeNumber } from "../support/environment";
import { diskFile } from "../support/exported-files";
import { inTime } from "../support/in-time";
import { violations } from "../support/invariants";
import { recordsIn } from "../support/records";
import { Scene } from "../support/scene";
import { undisturbed } from "../support/undisturbed";

const verbs = ["create", "update", "delete"] as const;
type Verb = (typeof verbs)[number];

/** Moments at which each operation is stopped, twice. HYPERV_STOP_TIMES tries more, HYPERV_STOP_SEED others. */
const TIMES = countFrom("HYPERV_STOP_TIMES", 6);
const SEED = wholeNumber("HYPERV_STOP_SEED", 1);
const LONGEST_MS = 60_000;
/** What another run does while a process is stopped: the same; the same, and then it exports anew; or it exports another point there. */
type Meanwhile = "done" | "exported anew" | "replaced";
/** What a run may say that another one has overtaken. */
const overtaken = new Set(["superseded", "directory-owned-by-another", "directory-not-empty"]);

interface Told {
  readonly state: { readonly failed?: string } | null;
}

/** An operation in a process of its own, from the moment at which it begins. */
class Victim {
  private told = "";
  private complaint = "";
  private readonly ended: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on("data", (data: Buffer) => {
      this.told += data;
    });
    child.stderr?.on("data", (data: Buffer) => {
      this.complaint += data;
    });
    this.ended = new Promise((resolve) => child.on("close", () => resolve()));
  }

  static async begin(request: object): Promise<Victim> {
    const victim = new Victim(
      spawn(process.execPath, [path.join(import.meta.dirname, "victim.mjs"), JSON.stringify({ ...request, pauses: true })]),
    );
    await inTime(Promise.race([new Promise((resolve) => victim.child.stdout?.once("data", resolve)), victim.ended]), LONGEST_MS);
    return victim;
  }

  stop(): void {
    this.child.kill("SIGSTOP");
  }

  /** Undefined when it ended before it could be stopped. */
  async goOn(): Promise<Told> {
    this.child.kill("SIGCONT");
    await inTime(this.ended, LONGEST_MS);
    const line = this.told.split("\n")[1];
    if (!line) throw new Error(`the process ended without a word: ${this.complaint}`);
    return JSON.parse(line) as Told;
  }
}

async function sceneFor(verb: Verb): Promise<{ scene: Scene; engine: Engine }> {
  const scene = await Scene.open({ synchronousExports: false });
  const engine = new Engine();
  if (verb !== "create") await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
  if (verb === "update") {
    fs.rmSync(diskFile(scene));
    await undisturbed(scene, (session) => engine.refresh(session));
  }
  return { scene, engine };
}

const request = (scene: Scene, engine: Engine, verb: Verb) => ({
  labDirectory: scene.labDirectory,
  verb,
  inputs: scene.inputs(),
  state: engine.current,
});

/** Milliseconds that an operation takes which nobody stops. */
async function lengthOf(verb: Verb): Promise<number> {
  const { scene, engine } = await sceneFor(verb);
  const victim = await Victim.begin(request(scene, engine, verb));
  const from = performance.now();
  await victim.goOn();
  return performance.now() - from;
}

let overtakes = 0;

/** What is wrong after a process was stopped, another run did its work, and the process went on. */
async function stopAt(verb: Verb, milliseconds: number, meanwhile: Meanwhile): Promise<string[]> {
  const exportsAnew = meanwhile === "exported anew";
  const isReplaced = meanwhile === "replaced";
  const { scene, engine } = await sceneFor(verb);
  const before = await scene.calls();
  const victim = await Victim.begin(request(scene, engine, verb));
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  victim.stop();
  const other = engine.copy();
  const second = { referencePoint: scene.points[1] };
  await undisturbed(scene, (session) =>
    isReplaced ? other.up(session, scene.inputs(second)) : verb === "delete" ? other.destroy(session) : other.up(session, scene.inputs()),
  );
  if (exportsAnew) {
    await undisturbed(scene, (session) => other.destroy(session));
    await undisturbed(scene, (session) => other.up(session, scene.inputs()));
  }
  const { state } = await victim.goOn();
  const wrong: string[] = [];
  if (state?.failed !== undefined) {
    overtakes++;
    if (!overtaken.has(state.failed)) wrong.push(`it said ${state.failed}`);
  }
  const directory = scene.inputs().exportDirectory;
  const isThere = exportsAnew || isReplaced || verb !== "delete";
  wrong.push(...(await violations(scene, isThere ? [{ directory, point: scene.points[isReplaced ? 1 : 0] }] : [])));
  const wanted = (verb === "delete" && !isReplaced ? 0 : 1) + (exportsAnew ? 1 : 0);
  const called = (await scene.calls()) - before;
  // Whether the repair that is replaced had called the method when it was stopped, nobody knows.
  if (called !== wanted && !(isReplaced && verb === "update" && called === 2))
    wrong.push(`ExportReferencePoint ran ${called} times for ${wanted} exports`);
  if (isThere && wrong.length === 0 && recordsIn(directory).claim.exportId === other.current?.exportId) {
    await undisturbed(scene, (session) => other.refresh(session));
    if (other.current?.status !== "intact") wrong.push(`refresh says ${other.current?.status}: ${other.current?.problems}`);
  }
  if (wrong.length === 0) scene.close();
  return wrong;
}

test.skipIf(process.platform === "win32").each(verbs)(
  "a %s whose process is stopped while another run does its work goes on and harms nothing",
  async (verb) => {
    const length = await lengthOf(verb);
    const parts = fc.sample(fc.noBias(fc.integer({ min: 0, max: 1000 })), { seed: SEED, numRuns: TIMES });
    const failures: string[] = [];
    for (const part of parts) {
      // Whoever has not heard of a create knows nothing to replace.
      const kinds: readonly Meanwhile[] = ["done", "exported anew", ...(verb === "create" ? [] : (["replaced"] as const))];
      for (const meanwhile of kinds) {
        const wrong = await stopAt(verb, (part / 1000) * length, meanwhile);
        if (wrong.length > 0) failures.push(`stopped at ${part / 10} %, ${meanwhile}: ${wrong.join("; ")}`);
      }
    }
    expect(failures).toEqual([]);
  },
  TIMES * 30_000,
);

afterAll(() => {
  console.log(`${overtakes} processes were overtaken while they were stopped`);
  if (process.platform !== "win32" && overtakes === 0) throw new Error("No process was overtaken, so nothing is proved.");
});
