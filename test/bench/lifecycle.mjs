// up, no-change up, refresh and destroy of N resources: this package against the floor and the peer, in alternating runs.
import { measure } from "./measure.mjs";

export const steps = [
  { name: "up", command: ["up", "--yes", "--skip-preview"] },
  { name: "no-change up", command: ["up", "--yes", "--skip-preview"] },
  { name: "refresh", command: ["refresh", "--yes", "--skip-preview"] },
  { name: "destroy", command: ["destroy", "--yes", "--skip-preview"] },
];

/**
 * @param {import("./workplace.mjs").Workplace} workplace
 * @param {{ n: number, repetitions: number, variants: object[], steps?: object[], servers?: number[] }} what
 * @param {(text: string) => void} say
 * @returns {Promise<object[]>} a row a step and variant: medians of wall, CPU and memory; for this package also calls and state bytes
 */
export async function benchLifecycle(workplace, { n, repetitions, variants, steps: taken = steps, servers = [] }, say) {
  await workplace.openLab(n);
  const stacks = new Map();
  for (const variant of variants) stacks.set(variant, await workplace.stack(variant, n));
  const samples = new Map();
  const add = (variant, step, sample) => {
    const key = `${variant.name}/${step.name}`;
    samples.set(key, [...(samples.get(key) ?? []), sample]);
  };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    // Rotated, so that no variant always runs in the others' wake.
    const order = variants.map((_, index) => variants[(index + repetition) % variants.length]);
    for (const variant of order) {
      say(`N = ${n}, run ${repetition + 1} of ${repetitions}: ${variant.name}`);
      for (const step of taken) add(variant, step, await measure(() => stacks.get(variant).run(step.command), { servers }));
    }
  }
  const rows = [];
  for (const variant of variants) {
    const stack = stacks.get(variant);
    for (const step of taken) {
      const sampled = await measure(() => stack.traced(step.command), { sampleMemory: true });
      const timed = samples.get(`${variant.name}/${step.name}`);
      const row = {
        n,
        step: step.name,
        variant: variant.name,
        wall: median(timed.map(({ wall }) => wall)),
        cpu: median(timed.map(({ cpu }) => cpu)),
      };
      rows.push({ ...row, memory: sampled.memory, calls: sampled.result, ...(step.name === "up" && { state: await stack.stateBytes() }) });
    }
  }
  return rows;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
