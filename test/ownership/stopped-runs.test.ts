import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import type { Moment } from "../support/death";
import type { Intervention } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { inTime } from "../support/in-time";
import { type Expected, violations } from "../support/invariants";
import { shareOf, usualLayout } from "../support/layouts";
import { Points, problemsOf } from "../support/points";
import { recordsIn } from "../support/records";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { type Story, stories } from "../support/stories";
import { undisturbed } from "../support/undisturbed";

/** What another run does while the first one is stopped. */
const meanwhiles = {
  "does the same": false,
  "does the same, destroys what came of it and exports anew": true,
} as const;

type Meanwhile = keyof typeof meanwhiles;

const MOMENTS: readonly Moment[] = ["before", "after"];
const LONGEST_RUN_MS = 60_000;
/** How a run may end that another one has overtaken. Whatever it says, it must have changed nothing. */
const ends = new Set(["superseded", "directory-owned-by-another", "directory-not-empty", "adoption-refused"]);

interface Stop {
  readonly key: string;
  readonly when: Moment;
}

/** Stops the run at one call, as SIGSTOP does: what the host was asked for goes on, and nothing of the run itself until the other is done. */
function stoppedAt(stop: Stop | undefined, keys: string[], meanwhile: () => Promise<void>): Intervention {
  let isStopped: Promise<void> | undefined;
  return async (call, run) => {
    await isStopped;
    keys.push(call.key);
    if (call.key !== stop?.key) {
      const answer = await run();
      await isStopped;
      return answer;
    }
    if (stop.when === "before") {
      isStopped = meanwhile();
      await isStopped;
      return run();
    }
    const answer = await run();
    isStopped = meanwhile();
    await isStopped;
    return answer;
  };
}

async function tell(story: Story, exportsAnew: boolean, stop: Stop | undefined, keys: string[] = []): Promise<string[]> {
  const scene = await Scene.open();
  const first = new Engine();
  await story.before(scene, first);
  await scene.lab.configure({ synchronousExports: false, ...(story.endsJob && { bytesPerSecond: 20_000 }) });
  const callsBefore = await scene.calls();
  let second: Engine | undefined;
  const meanwhile = async () => {
    const engine = first.copy();
    await undisturbed(scene, (session) => inTime(story.run(scene, engine, session), LONGEST_RUN_MS));
    await scene.lab.configure({ bytesPerSecond: "unlimited" });
    second = engine;
    if (!exportsAnew) return;
    await undisturbed(scene, (session) => engine.destroy(session));
    for (const file of scene.foreignFiles().keys()) {
      if (file.startsWith(scene.at("exports"))) scene.takeForeign(path.relative(scene.volume, file));
    }
    fs.rmSync(scene.at("exports"), { recursive: true, force: true });
    await undisturbed(scene, (session) => engine.up(session, scene.inputs()));
  };
  const session = new Session(scene, stoppedAt(stop, keys, meanwhile));
  const wrong: string[] = [];
  await inTime(story.run(scene, first, session), LONGEST_RUN_MS).catch((error: unknown) => {
    if (!isExportError(error) || !ends.has(error.code)) wrong.push(`it ended with ${error instanceof Error ? error.stack : error}`);
  });
  await session.close();
  // How often jobs and tasks are polled differs from run to run.
  if (stop && second === undefined) return [];
  const main = scene.inputs().exportDirectory;
  const anew: Expected[] = [{ directory: main, point: scene.points[0] }];
  const expected =
    stop && exportsAnew ? [...story.after(scene).filter(({ directory }) => directory !== main), ...anew] : story.after(scene);
  wrong.push(...(await violations(scene, expected)));
  const called = (await scene.calls()) - callsBefore;
  const wanted = story.exports + (stop && exportsAnew ? 1 : 0);
  if (called !== wanted) wrong.push(`ExportReferencePoint ran ${called} times for ${wanted} exports`);
  if (expected.some(({ directory, claimed }) => directory === main && claimed !== false)) {
    // The one that came last has the export, and finds it intact.
    const id = recordsIn(main).claim.exportId;
    const holder = [first, second].find((engine) => engine?.current?.exportId === id);
    if (holder) await undisturbed(scene, (late) => holder.refresh(late));
    if (holder?.current?.status !== "intact") wrong.push(`refresh says ${holder?.current?.status}: ${holder?.current?.problems}`);
  }
  if (wrong.length === 0) scene.close();
  return wrong;
}

const points = new Points("HYPERV_STOP_POINT", "runs stopped at a call while another did their work");

for (const [index, story] of stories.filter(({ name }) => !name.startsWith("read")).entries()) {
  for (const [meanwhile, exportsAnew] of Object.entries(meanwhiles) as [Meanwhile, boolean][]) {
    // What is kept stands in the way of a new export.
    if (exportsAnew && story.name === "destroy that keeps the files") continue;
    const name = `${story.name}: stopped at any call while another run ${meanwhile}, it goes on and harms nothing`;
    test.concurrent(name, { timeout: 600_000 }, async () => {
      const keys: string[] = [];
      expect(await tell(story, exportsAnew, undefined, keys)).toEqual([]);
      const all = [...new Set(keys)].flatMap((key) => MOMENTS.map((when) => ({ key, when })));
      const queue = points.due(all, ({ key, when }) => `${when} ${key}`, shareOf(usualLayout), index);
      const failures: string[] = [];
      for (const stop of queue) {
        const wrong = await problemsOf(() => tell(story, exportsAnew, stop));
        const at = `${stop.when} ${stop.key}`;
        if (wrong.length > 0) failures.push([`stopped ${at}`, ...wrong, points.onceMore(at, "test/ownership", name)].join("\n    "));
      }
      expect(failures.join("\n")).toBe("");
    });
  }
}
