import { describe, expect, it } from "vitest";
import { PROBE_RECORD, type ProbeRecord } from "../../provider/domain/probe/probe-record";
import { type ProbeStep, probeStepNames } from "../../provider/domain/probe/probe-steps";
import type { TextFile } from "../../provider/host/port";
import { Death, type Moment, type Point } from "../support/death";
import type { Intervention, PortCall } from "../support/decorated-host";
import { inTime } from "../support/in-time";
import { Points } from "../support/points";
import { ProbeScene } from "./probe-scene";

const LONGEST_MS = 60_000;
/** They wait more than they work. */
const AT_ONCE = 5;
const points = new Points("HYPERV_KILL_POINT", "kills of probes, each cleaned by one run");
const share = Number(process.env.HYPERV_SIMULATOR_EVERY ?? 10);

async function withScene<T>(work: (scene: ProbeScene) => Promise<T>): Promise<T> {
  const scene = await ProbeScene.open();
  return work(scene).finally(() => scene.close());
}

/** These change something, other than the record between two steps. */
const changes =
  /^(createTestMachines|createDirectories|createTextFiles|replaceTextFiles|create\w+Points|export\w+|destroy\w+|terminateJobs|startTasks|removeTestMachines)#/;
const moments: readonly Moment[] = ["before", "after"];
const nameOf = ({ key, when }: Point) => `${when} ${key}`;

/** Whether a call writes down that a step begins. */
function begins({ method, items }: PortCall, step: ProbeStep): boolean {
  if (method !== "replaceTextFiles" && method !== "createTextFiles") return false;
  const [{ path, text }] = items as readonly [TextFile];
  if (path !== PROBE_RECORD) return false;
  const { begun, virtualMachineId } = JSON.parse(text) as ProbeRecord;
  return begun.at(-1)?.step === step && (step !== "machine" || virtualMachineId === undefined);
}

async function keysOf(): Promise<string[]> {
  const death = new Death();
  await withScene((scene) => scene.probe(death.intervene));
  return death.keys.filter((key) => changes.test(key));
}

/** What is wrong after a run that dies there and one that cleans. How often a job is seen to run differs: a run may end before that call. */
function problemsOf(death: Death, intervene = death.intervene): Promise<string[]> {
  return withScene(async (scene) => {
    await inTime(Promise.race([scene.probe(intervene), death.moment]), LONGEST_MS);
    // By then a call that nobody has heard the end of has made its machine, or never will.
    scene.letMinutesPass(6);
    const { probes } = await inTime(scene.clean(), LONGEST_MS);
    const left = probes.flatMap((one) => [...one.left, ...one.foreign]);
    const again = (await scene.clean()).probes.map(({ id }) => `probe ${id} is there still`);
    return [...left, ...again, ...(await scene.leftOver())];
  });
}

describe("a probe that is killed leaves nothing that a clean does not remove", () => {
  const steps = probeStepNames.filter((step) => step !== "look");
  it.concurrent.each(steps.flatMap((step) => moments.map((when) => [when, step] as const)))("%s it begins to %s", async (when, step) => {
    const death = new Death({ key: step, when });
    const intervene: Intervention = (call, run) => death.intervene(begins(call, step) ? { ...call, key: step } : call, run);
    expect(await problemsOf(death, intervene)).toEqual([]);
    expect(death.happened).toBe(true);
  });

  it("at what changes something", { timeout: 10 * LONGEST_MS }, async () => {
    const all = (await keysOf()).flatMap((key) => moments.map((when) => ({ key, when })));
    const due = points.due(all, nameOf, share, all.length);
    for (let from = 0; from < due.length; from += AT_ONCE) {
      const tried = due.slice(from, from + AT_ONCE).map(async (point) => {
        const problems = await problemsOf(new Death(point));
        expect(problems, points.onceMore(nameOf(point), "test/probe/killed-probes.test.ts", "at what changes something")).toEqual([]);
      });
      await Promise.all(tried);
    }
  });

  it("when nobody knows yet whether a machine comes: the record stays, and says when to look again", () =>
    withScene(async (scene) => {
      const death = new Death({ key: "createTestMachines#1", when: "before" });
      await Promise.race([scene.probe(death.intervene), death.moment]);
      const [cleaned] = (await scene.clean()).probes;
      expect(cleaned?.left).toEqual([expect.stringMatching(/^the machine hyperv-export-probe-.* may come yet: clean again in 5 minutes$/)]);
      expect(scene.recordFiles()).toHaveLength(1);
      scene.letMinutesPass(6);
      expect((await scene.clean()).probes[0]?.left).toEqual([]);
      expect(await scene.leftOver()).toEqual([]);
    }));
});
