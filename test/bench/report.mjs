// The measured rows as tables of ratios, and the marks that they are held against.
import { steps } from "./lifecycle.mjs";
import { floor, ours, peer } from "./variants.mjs";

const MiB = 1024 * 1024;

/** Marks at N = 200, from the project's goals. */
const marks = { wall: 1.25, cpu: 1.35, memory: 80 * MiB, state: 2560 };

export function lifecycleTable(rows) {
  const find = (n, step, variant) => rows.find((row) => row.n === n && row.step === step && row.variant === variant);
  const lines = ["| N | step | wall to floor | CPU to floor | wall to peer | CPU to peer | memory over floor | calls on the host |", "| --- | --- | --- | --- | --- | --- | --- | --- |"];
  for (const n of new Set(rows.map((row) => row.n))) {
    for (const { name } of steps) {
      const [our, base, other] = [ours, floor, peer].map((variant) => find(n, name, variant));
      const calls = Object.values(our.calls).reduce((sum, count) => sum + count, 0);
      const memory = `${((our.memory - base.memory) / MiB).toFixed(0)} MiB`;
      lines.push(`| ${n} | ${name} | ${ratio(our.wall, base.wall)} | ${ratio(our.cpu, base.cpu)} | ${ratio(our.wall, other.wall)} | ${ratio(our.cpu, other.cpu)} | ${memory} | ${calls} |`);
    }
  }
  return lines.join("\n");
}

export function fileTable(rows) {
  return ["| | ratio |", "| --- | --- |", ...rows.map((row) => `| ${row.name} | ${row.ratio.toFixed(2)} |`)].join("\n");
}

/** What misses its mark, in words; empty when nothing does. */
export function missed(rows) {
  const at = rows.filter((row) => row.n === 200);
  const found = [];
  for (const step of ["up", "refresh", "destroy"]) {
    const our = at.find((row) => row.step === step && row.variant === ours);
    const base = at.find((row) => row.step === step && row.variant === floor);
    if (!our || !base) continue;
    for (const unit of ["wall", "cpu"]) {
      if (our[unit] > marks[unit] * base[unit]) found.push(`${step}, ${unit}: ${ratio(our[unit], base[unit])}, the mark is ${marks[unit]}`);
    }
    if (our.memory - base.memory > marks.memory) found.push(`${step}, memory: ${((our.memory - base.memory) / MiB).toFixed(0)} MiB over the floor`);
  }
  const state = at.find((row) => row.variant === ours && row.state)?.state;
  if (state && state.properties > marks.state) found.push(`state: ${state.properties} bytes a resource`);
  return found;
}

function ratio(a, b) {
  return (a / b).toFixed(2);
}
