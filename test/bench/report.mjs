// The measured rows as tables of ratios, and the marks that they are held against.
import { steps } from "./lifecycle.mjs";
import { floor, ours, peer, shapedFloor } from "./variants.mjs";

const MiB = 1024 * 1024;

/**
 * Marks at N = 200. Wall, CPU and memory are held against the floor of the same shape: what 25 properties cost the SDK and the engine
 * is not the provider's. The ratios to the bare floor are printed beside them.
 */
const marks = { wall: 1.25, cpu: 1.35, memory: 80 * MiB, state: 2560 };

export function lifecycleTable(rows) {
  const find = (n, step, variant) => rows.find((row) => row.n === n && row.step === step && row.variant === variant);
  const lines = [
    "| N | step | wall to floor | CPU to floor | wall to floor of the same shape | CPU to floor of the same shape | wall to peer | CPU to peer | memory over the floors | calls on the host |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  ];
  for (const n of new Set(rows.map((row) => row.n))) {
    for (const { name } of steps) {
      const [our, base, shape, other] = [ours, floor, shapedFloor, peer].map((variant) => find(n, name, variant));
      const calls = Object.values(our.calls).reduce((sum, count) => sum + count, 0);
      const memory = [base, shape].map((to) => `${((our.memory - to.memory) / MiB).toFixed(0)} MiB`).join(", ");
      const ratios = [base, shape, other].flatMap((to) => [ratio(our.wall, to.wall), ratio(our.cpu, to.cpu)]);
      lines.push(`| ${[n, name, ...ratios, memory, calls].join(" | ")} |`);
    }
  }
  return lines.join("\n");
}

export function fileTable(rows) {
  return [
    "| | ratio | memory |",
    "| --- | --- | --- |",
    ...rows.map((row) => `| ${row.name} | ${row.ratio.toFixed(2)} | ${(row.memory / MiB).toFixed(0)} MiB |`),
  ].join("\n");
}

/** What misses its mark, in words; empty when nothing does. */
export function missed(rows) {
  const at = rows.filter((row) => row.n === 200);
  const found = [];
  for (const step of ["up", "refresh", "destroy"]) {
    const our = at.find((row) => row.step === step && row.variant === ours);
    const base = at.find((row) => row.step === step && row.variant === shapedFloor);
    if (!our || !base) continue;
    for (const unit of ["wall", "cpu"]) {
      if (our[unit] > marks[unit] * base[unit]) found.push(`${step}, ${unit}: ${ratio(our[unit], base[unit])}, the mark is ${marks[unit]}`);
    }
    if (our.memory - base.memory > marks.memory)
      found.push(`${step}, memory: ${((our.memory - base.memory) / MiB).toFixed(0)} MiB over the floor`);
  }
  const state = at.find((row) => row.variant === ours && row.state)?.state;
  if (state && state.properties > marks.state) found.push(`state: ${state.properties} bytes a resource`);
  return found;
}

function ratio(a, b) {
  return (a / b).toFixed(2);
}
