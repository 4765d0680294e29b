// The measured rows as tables of ratios, and the marks that they are held against.
import { importedPackage, importFloor, importPeer } from "./imports.mjs";
import { steps } from "./lifecycle.mjs";
import { floor, ours, peer, shapedFloor } from "./variants.mjs";

const MiB = 1024 * 1024;

/**
 * The marks. At 200, wall, CPU and memory are held against the floor of the same shape: what its properties cost the SDK and the engine is
 * not the provider's work. At 1,000 against the bare floor, with one property: what a person pays, whoever asks for it.
 */
const marks = [
  { n: 200, floor: shapedFloor, steps: ["up", "refresh", "destroy"], wall: 1.25, cpu: 1.35, memory: 80 * MiB },
  { n: 1000, floor, steps: ["up"], wall: Number.POSITIVE_INFINITY, cpu: 1.25, memory: 120 * MiB },
  { n: 1000, floor, steps: ["refresh"], wall: Number.POSITIVE_INFINITY, cpu: 1.5, memory: Number.POSITIVE_INFINITY },
];
/** Bytes of the provider's a resource, at any number. */
const STATE_MARK = 1536;
/** Time to load this package, to that of another provider's. */
const IMPORT_MARK = 1.15;
const NOT_MEASURED = "-";

export function lifecycleTable(rows) {
  const find = (n, step, variant) => rows.find((row) => row.n === n && row.step === step && row.variant === variant);
  const lines = [
    "| N | step | wall to floor | CPU to floor | wall to floor of the same shape | CPU to floor of the same shape | wall to peer | CPU to peer | memory over the floors | calls on the host |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  ];
  for (const n of new Set(rows.map((row) => row.n))) {
    for (const { name } of steps) {
      const [our, base, shape, other] = [ours, floor, shapedFloor, peer].map((variant) => find(n, name, variant));
      if (!our) continue;
      const calls = Object.values(our.calls).reduce((sum, count) => sum + count, 0);
      const memory = [base, shape].map((to) => (to ? `${((our.memory - to.memory) / MiB).toFixed(0)} MiB` : NOT_MEASURED)).join(", ");
      const ratios = [base, shape, other].flatMap((to) =>
        to ? [ratio(our.wall, to.wall), ratio(our.cpu, to.cpu)] : [NOT_MEASURED, NOT_MEASURED],
      );
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

export function importTable(rows) {
  const of = (name) => rows.find((row) => row.name === name);
  return [
    `| loaded | ms | to ${importFloor} | to ${importPeer} | files |`,
    "| --- | --- | --- | --- | --- |",
    ...rows.map(({ name, seconds, modules }) => {
      const ratios = [importFloor, importPeer].map((other) => ratio(seconds, of(other).seconds));
      return `| ${[name, (seconds * 1000).toFixed(0), ...ratios, modules].join(" | ")} |`;
    }),
  ].join("\n");
}

/** The same as {@link missed}, of what is loaded. */
export function missedImports(rows) {
  const [ours, peerRow] = [importedPackage, importPeer].map((name) => rows.find((row) => row.name === name));
  if (ours.seconds <= IMPORT_MARK * peerRow.seconds) return [];
  return [`time to load, to ${importPeer}: ${ratio(ours.seconds, peerRow.seconds)}, the mark is ${IMPORT_MARK}`];
}

export function settingsTable(rows) {
  const lines = ["| setting | step | seconds | to the default |", "| --- | --- | --- | --- |"];
  for (const row of rows) {
    const base = rows.find((other) => other.step === row.step && other.variant === "default");
    lines.push(`| ${[row.variant, row.step, row.wall.toFixed(1), ratio(row.wall, base.wall)].join(" | ")} |`);
  }
  return lines.join("\n");
}

/** What misses its mark, in words; empty when nothing does. */
export function missed(rows) {
  const find = (n, step, variant) => rows.find((row) => row.n === n && row.step === step && row.variant === variant);
  const found = marks.flatMap((mark) =>
    mark.steps.flatMap((step) => missedAt(mark, step, find(mark.n, step, ours), find(mark.n, step, mark.floor))),
  );
  const large = rows.filter(({ variant, state }) => variant === ours && state && state.properties > STATE_MARK);
  return [...found, ...large.map(({ n, state }) => `state at ${n}: ${state.properties} bytes a resource, the mark is ${STATE_MARK}`)];
}

function missedAt({ n, floor: name, memory, ...ratios }, step, our, base) {
  if (!our || !base) return [];
  const over = (our.memory - base.memory) / MiB;
  return [
    ...["wall", "cpu"]
      .filter((unit) => our[unit] > ratios[unit] * base[unit])
      .map((unit) => `${step} of ${n}, ${unit} to ${name}: ${ratio(our[unit], base[unit])}, the mark is ${ratios[unit]}`),
    ...(over > memory / MiB ? [`${step} of ${n}, memory over ${name}: ${over.toFixed(0)} MiB, the mark is ${memory / MiB} MiB`] : []),
  ];
}

function ratio(a, b) {
  return (a / b).toFixed(2);
}
