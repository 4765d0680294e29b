import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect, test } from "vitest";
import type { PointKey, PointRequest } from "../../provider/host/port";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";

const WEB01 = "3EB01000-0000-4000-8000-00000000000A";
const POINT = "Microsoft:3EB01000-0000-4000-8000-000000000001";

const works = {
  createReferencePoints: { item: { virtualMachineId: WEB01, consistency: "crash" } satisfies PointRequest, change: 1 },
  destroyReferencePoints: { item: { virtualMachineId: WEB01, referencePointId: POINT } satisfies PointKey, change: -1 },
} as const;

/** What the process told; undefined when it was killed. */
function victim(request: object): { readonly moments: number } | undefined {
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(import.meta.dirname, "point-victim.mjs"), JSON.stringify({ ...request, polled: "pointJobs" })],
    { encoding: "utf8" },
  );
  if (signal === "SIGKILL") return undefined;
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

test.each(["createReferencePoints", "destroyReferencePoints"] as const)(
  "a process that dies at any moment of %s has called the method or not, and the host goes on without it",
  { timeout: 300_000 },
  async (verb) => {
    const { item, change } = works[verb];
    const outcomes = new Set<number>();
    for (let dieAt = 1, alive = false; !alive; dieAt++) {
      const root = fs.mkdtempSync(path.join(os.tmpdir(), "point-kills-"));
      try {
        const labDirectory = path.join(root, "lab");
        const lab = await Simulator.open(labDirectory);
        await lab.configure({ jobStartDelay: 10, pointJobDuration: 10 });
        alive = victim({ labDirectory, verb, items: [item], dieAt }) !== undefined;
        await new Promise((resolve) => setTimeout(resolve, 30));
        const host = openSimulatorHost(labDirectory);
        const [listed] = await host.listReferencePoints([WEB01]);
        const [found] = await host.findPointJobs([WEB01]);
        if (!listed?.ok || !found?.ok) throw new Error("the lab does not answer");
        const calls = (await lab.pointCalls()).length;
        expect(listed.value).toHaveLength(1 + calls * change);
        // What was called is proved by its job.
        if (change > 0) expect(found.value.jobs.map((job) => job.referencePointId)).toEqual(listed.value.slice(1).map((point) => point.id));
        outcomes.add(calls);
        // Whoever comes next is not in anybody's way.
        const [next] = await host.createReferencePoints([{ virtualMachineId: WEB01, consistency: "crash" }]);
        expect(next).toMatchObject({ ok: true });
        await host.close();
      } finally {
        fs.rmSync(root, { recursive: true, force: true });
      }
    }
    expect([...outcomes].sort()).toEqual([0, 1]);
  },
);
