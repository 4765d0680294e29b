import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, test } from "vitest";
import type { Answer, Host } from "../../provider/host/port";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";

const WEB01 = "3EB01000-0000-4000-8000-00000000000A";

/** What a call of the method leaves: checkpoints, and points beside the one that is there. */
const works = {
  createCheckpoints: { before: 0, left: [1, 0], work: "create" },
  exportCheckpoints: { before: 1, left: [1, 0], work: "export" },
  convertCheckpoints: { before: 1, left: [0, 1], work: "convert" },
  removeCheckpoints: { before: 1, left: [0, 0], work: "remove" },
} as const;

/** Whether the process lived to its end. */
function survives(request: object): boolean {
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, "point-victim.mjs"), JSON.stringify({ ...request, polled: "checkpointJobs" })],
    { encoding: "utf8" },
  );
  if (signal === "SIGKILL") return false;
  expect([status, stderr]).toEqual([0, ""]);
  return true;
}

test.each(Object.keys(works) as (keyof typeof works)[])(
  "a process that dies at any moment of %s has called the method or not, and the host goes on without it",
  { timeout: 180_000 },
  async (verb) => {
    const { before, left, work } = works[verb];
    const outcomes = new Set<boolean>();
    for (let dieAt = 1, alive = false; !alive; dieAt++) {
      const root = fs.mkdtempSync(path.join(os.tmpdir(), "checkpoint-kills-"));
      try {
        const labDirectory = path.join(root, "lab");
        const exportDirectory = path.join(root, "export");
        fs.mkdirSync(exportDirectory);
        const lab = await Simulator.open(labDirectory);
        await lab.configure({ jobStartDelay: 10, pointJobDuration: 10, mergeDuration: 10, bytesPerSecond: "unlimited" });
        const standing = before === 1 ? (await lab.addCheckpoint({ virtualMachine: WEB01 })).id : "";
        const key = { virtualMachineId: WEB01, checkpointId: standing };
        const items = {
          createCheckpoints: { virtualMachineId: WEB01, consistency: "crash", ignoreUnsupportedDisks: false },
          exportCheckpoints: { ...key, intent: "merge", exportDirectory },
          convertCheckpoints: key,
          removeCheckpoints: key,
        };
        alive = survives({ labDirectory, verb, items: [items[verb]], dieAt });
        const host = openSimulatorHost(labDirectory);
        const jobs = await endedJobs(host);
        const called = (await lab.checkpointCalls()).length > 0;
        outcomes.add(called);
        // What was called is proved by its job.
        expect(jobs.map((job) => job.work).filter((one) => one !== "merge")).toEqual(called ? [work] : []);
        const { checkpoints } = value((await host.listCheckpoints([WEB01]))[0]);
        const points = value((await host.listReferencePoints([WEB01]))[0]);
        expect([checkpoints.length, points.length - 1]).toEqual(called ? left : [before, 0]);
        if (verb === "exportCheckpoints" && called) await lab.restore({ exports: [exportDirectory], into: path.join(root, "restored") });
        // Whoever comes next is not in anybody's way.
        expect(await host.createCheckpoints([items.createCheckpoints as never])).toMatchObject([{ ok: true }]);
        await host.close();
      } finally {
        fs.rmSync(root, { recursive: true, force: true });
      }
    }
    expect([...outcomes].sort()).toEqual([false, true]);
  },
);

/** The machine's jobs, once all have ended. */
async function endedJobs(host: Host) {
  for (;;) {
    const { jobs } = value((await host.findCheckpointJobs([WEB01]))[0]);
    if (jobs.every(({ jobState }) => jobState === 7)) return jobs;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function value<T>(answer: Answer<T> | undefined): T {
  if (!answer?.ok) throw answer?.error;
  return answer.value;
}
