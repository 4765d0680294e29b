// What chains cost: a night of a fleet beside the same points and exports declared singly, a night by checkpoints beside one by reference
// points, an up that is not due, and what sixty nights leave.
import { benchLifecycle, median, steps } from "./lifecycle.mjs";
import { measure } from "./measure.mjs";
import { floor, variants } from "./variants.mjs";

const FLEET = 200;
const [STATE_NIGHTS, REFRESHED_NIGHTS] = [30, 60];
const RUNS = 5;

/** Each is held against what stands beside it in the same run, but for the two that are counts. */
const marks = {
  "a night of 200 chains, wall to 200 points and exports": 1.5,
  "the first night by checkpoints, requests to reference points": 1.25,
  "the next night by checkpoints, requests to reference points": 1.25,
  "two nights by checkpoints, CPU to reference points": 1.15,
  "an up that is not due, wall to a no-op": 1.15,
  "state after thirty nights, KiB": 6,
  "refresh of sixty generations, most requests of a kind": 2,
};

const chainsVia = (via) => ({
  name: `chain via ${via}`,
  program: `
    const { ExportChain, Host } = require("pulumi-hyperv-reference-point");
    const host = Host.simulator({ directory: process.env.BENCH_LAB });
    for (let i = 0; i < Number(process.env.BENCH_N); i++)
      new ExportChain("r" + i, { host, virtualMachine: "vm" + i, directory: process.env.BENCH_EXPORTS + "/vm" + i, via: "${via}", generation: process.env.BENCH_LABEL });`,
  env: { BENCH_LABEL: "night-1" },
});
const chains = chainsVia("referencePoint");

const pointsAndExports = {
  name: "point and export",
  program: `
    const { Host, ReferencePoint, ReferencePointExport } = require("pulumi-hyperv-reference-point");
    const host = Host.simulator({ directory: process.env.BENCH_LAB });
    for (let i = 0; i < Number(process.env.BENCH_N); i++) {
      const virtualMachine = "vm" + i;
      const point = new ReferencePoint("p" + i, { host, virtualMachine, consistency: "application" });
      new ReferencePointExport("r" + i, { host, virtualMachine, referencePoint: point.referencePointId, exportDirectory: process.env.BENCH_EXPORTS + "/vm" + i });
    }`,
};

/** @returns {Promise<string[]>} what misses its mark, in words */
export async function benchChains(workplace, repetitions, say) {
  const measured = {
    ...(await benchFleet(workplace, repetitions, say)),
    ...(await benchWays(workplace, repetitions, say)),
    ...(await benchNights(workplace, say)),
  };
  const names = Object.keys(marks);
  say(["\n| | measured | mark |", "| --- | --- | --- |"].join("\n"));
  for (const name of names) say(`| ${name} | ${measured[name].toFixed(2)} | ${marks[name].toFixed(2)} |`);
  return names.filter((name) => !(measured[name] <= marks[name])).map((name) => `${name}: ${measured[name].toFixed(2)}`);
}

async function benchFleet(workplace, repetitions, say) {
  const taken = steps.filter(({ name }) => name === "up" || name === "destroy");
  const rows = await benchLifecycle(workplace, { n: FLEET, repetitions, variants: [pointsAndExports, chains], steps: taken }, say);
  const wall = (variant) => rows.find((row) => row.step === "up" && row.variant === variant.name).wall;
  return { "a night of 200 chains, wall to 200 points and exports": wall(chains) / wall(pointsAndExports) };
}

/** Two nights of a fleet each way: a full one, and one of differences to it. */
async function benchWays(workplace, repetitions, say) {
  await workplace.openLab(FLEET);
  const ways = [];
  for (const via of ["referencePoint", "checkpoint"])
    ways.push({ via, stack: await workplace.stack({ ...chainsVia(via), name: `nights via ${via}` }, FLEET), cpu: [], requests: [] });
  const [up, destroy] = ["up", "destroy"].map((command) => [command, "--yes", "--skip-preview"]);
  const labels = ["night-1", "night-2"];
  const nights = async ({ stack }, each) => {
    for (const label of labels) {
      stack.label(label);
      await each(stack);
    }
    await stack.run(destroy);
  };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const way of repetition % 2 === 0 ? ways : [...ways].reverse()) {
      say(`Two nights of ${FLEET}, run ${repetition + 1} of ${repetitions}: via ${way.via}`);
      let cpu = 0;
      await nights(way, async (stack) => {
        cpu += (await measure(() => stack.run(up))).cpu;
      });
      way.cpu.push(cpu);
    }
  }
  for (const way of ways)
    await nights(way, async (stack) => {
      const calls = Object.values(await stack.traced(up));
      way.requests.push(calls.reduce((sum, count) => sum + count, 0));
    });
  const [byPoints, byCheckpoints] = ways;
  say(`Requests of two nights: ${ways.map(({ via, requests }) => `${requests.join(" and ")} via ${via}`).join(", ")}`);
  return {
    "the first night by checkpoints, requests to reference points": byCheckpoints.requests[0] / byPoints.requests[0],
    "the next night by checkpoints, requests to reference points": byCheckpoints.requests[1] / byPoints.requests[1],
    "two nights by checkpoints, CPU to reference points": median(byCheckpoints.cpu) / median(byPoints.cpu),
  };
}

/** Sixty nights of one machine, with what is asked on the way. */
async function benchNights(workplace, say) {
  const up = ["up", "--yes", "--skip-preview"];
  await workplace.openLab(1);
  const stack = await workplace.stack(chains, 1);
  const noop = await workplace.stack(
    variants.find(({ name }) => name === floor),
    1,
  );
  await noop.run(up);
  let stateBytes = 0;
  for (let night = 1; night <= REFRESHED_NIGHTS; night++) {
    if (night % 10 === 0) say(`night ${night} of ${REFRESHED_NIGHTS}`);
    stack.label(`night-${night}`);
    await stack.run(up);
    if (night === STATE_NIGHTS) stateBytes = (await stack.stateBytes()).properties;
  }
  const times = { ours: [], noop: [] };
  for (let run = 0; run < RUNS; run++) {
    times.noop.push((await measure(() => noop.run(up))).wall);
    times.ours.push((await measure(() => stack.run(up))).wall);
  }
  const calls = await stack.traced(["refresh", "--yes", "--skip-preview"]);
  const verbs = Object.entries(calls).filter(([verb]) => verb !== "close");
  return {
    "an up that is not due, wall to a no-op": median(times.ours) / median(times.noop),
    "state after thirty nights, KiB": stateBytes / 1024,
    "refresh of sixty generations, most requests of a kind": Math.max(...verbs.map(([, count]) => count)),
  };
}
