// npm run bench [-- --thousand] [-- --repetitions 5] [-- --json FILE]: what the provider costs, as ratios to a floor and to a peer;
//   and the time to load the package beside another provider's;
//   with --thousand also at 1,000 resources, and under the settings of the CLI that people with so many take.
// npm run bench -- --powershell: what the way to a real host costs beside the simulator in-process.
// npm run bench -- --chains: a fleet's night beside single points and exports, an up that is not due, and what sixty nights leave.
// npm run bench -- --imports: the time to load alone.
// --only noop,export: the named variants alone, as 1,000 resources with the engine's default settings take minutes each.
// --no-checkpoints: the CLI writes the state once, which takes seconds.
// --strict: a missed mark makes the exit code 1.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepare, preparePowerShell } from "./set-up/prepare.mjs";

const say = (text) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  allowNegative: true,
  options: {
    thousand: { type: "boolean", default: false },
    repetitions: { type: "string", default: "3" },
    json: { type: "string" },
    n: { type: "string", default: "1,20,200" },
    files: { type: "boolean", default: true },
    chains: { type: "boolean", default: false },
    imports: { type: "boolean", default: false },
    powershell: { type: "boolean", default: false },
    only: { type: "string" },
    checkpoints: { type: "boolean", default: true },
    strict: { type: "boolean", default: false },
  },
});

const cli = await prepare(say);
const { SimulatorHost } = createRequire(import.meta.url)("../dist/host/simulator/index.js");
const { Workplace } = await import("../test/bench/workplace.mjs");
const { benchLifecycle, steps } = await import("../test/bench/lifecycle.mjs");
const { benchFiles } = await import("../test/bench/files.mjs");
const { benchImports } = await import("../test/bench/imports.mjs");
const { fileTable, importTable, lifecycleTable, missed, missedImports, settingsTable } = await import("../test/bench/report.mjs");
const { settings, variants, withoutCheckpoints } = await import("../test/bench/variants.mjs");

const workplace = new Workplace(cli);
try {
  const misses = await chosen()();
  for (const text of misses) say(`Mark missed: ${text}`);
  if (values.strict && misses.length > 0) process.exitCode = 1;
} finally {
  workplace.remove();
}

function chosen() {
  if (values.powershell) return benchRealHosts;
  if (values.chains) return benchOfChains;
  return values.imports ? benchLoading : benchProvider;
}

/** @returns {Promise<string[]>} the marks that were missed */
async function benchLoading() {
  const imports = await benchImports(workplace.programs, say);
  say(`\n${importTable(imports)}\n`);
  return missedImports(imports);
}

/** @returns {Promise<string[]>} the marks that were missed */
async function benchProvider() {
  const amounts = { bytes: 2 * 1024 ** 3, files: 100_000 };
  const host = new SimulatorHost(join(workplace.data, "lab-files"));
  await host.prepare();
  const files = values.files ? await benchFiles(workplace, host, amounts, say) : [];
  const ends = steps.filter(({ name }) => name === "up" || name === "destroy");
  const imports = await benchImports(workplace.programs, say);
  const rows = [];
  const named = values.only ? variants.filter(({ name }) => values.only.split(",").includes(name)) : variants;
  const compared = values.checkpoints ? named : named.map((variant) => ({ ...variant, env: { ...variant.env, ...withoutCheckpoints } }));
  const numbers = [...values.n.split(",").filter(Boolean).map(Number), ...(values.thousand ? [1000] : [])];
  const repetitions = Number(values.repetitions);
  for (const n of numbers) rows.push(...(await benchLifecycle(workplace, { n, repetitions, variants: compared }, say)));
  const underSettings = values.thousand
    ? await benchLifecycle(workplace, { n: 1000, repetitions: 1, variants: settings, steps: ends }, say)
    : [];
  say(`\n${lifecycleTable(rows)}\n\n${fileTable(files)}\n\n${importTable(imports)}\n\n${settingsTable(underSettings)}\n`);
  const state = rows.find((row) => row.variant === "export" && row.state)?.state;
  say(`State a resource: ${state.properties} bytes of the provider's, ${state.engine} of the engine's`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ lifecycle: rows, files, imports, settings: underSettings }, undefined, 2));
  return [...missed(rows), ...missedImports(imports)];
}

/** @returns {Promise<string[]>} the marks that were missed */
async function benchOfChains() {
  const { benchChains } = await import("../test/bench/chains.mjs");
  return benchChains(workplace, Number(values.repetitions), say);
}

/** @returns {Promise<string[]>} the marks that were missed */
async function benchRealHosts() {
  const { benchPowerShell } = await import("../test/bench/powershell.mjs");
  const powershell = await preparePowerShell(say);
  if ("missing" in powershell) throw new Error(powershell.missing);
  return benchPowerShell(workplace, powershell.found.powershell, Number(values.repetitions), say);
}
