// npm run bench [-- --thousand] [-- --repetitions 5] [-- --json FILE]: what the provider costs, as ratios to a floor and to a peer.
// npm run bench -- --powershell [--strict]: what the way to a real host costs beside the simulator in-process; strict: a missed mark fails.

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
    powershell: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
  },
});

const { SimulatorHost } = createRequire(import.meta.url)("../dist/host/simulator/index.js");
const cli = await prepare(say);
const { Workplace } = await import("../test/bench/workplace.mjs");
const { benchLifecycle } = await import("../test/bench/lifecycle.mjs");
const { benchFiles } = await import("../test/bench/files.mjs");
const { fileTable, lifecycleTable, missed } = await import("../test/bench/report.mjs");
const { variants } = await import("../test/bench/variants.mjs");

const workplace = new Workplace(cli);
try {
  const misses = values.powershell ? await benchRealHosts() : await benchProvider();
  for (const text of misses) say(`Mark missed: ${text}`);
  if (values.strict && misses.length > 0) process.exitCode = 1;
} finally {
  workplace.remove();
}

/** @returns {Promise<string[]>} the marks that were missed */
async function benchProvider() {
  const amounts = { bytes: 2 * 1024 ** 3, files: 100_000 };
  const host = new SimulatorHost(join(workplace.data, "lab-files"));
  await host.prepare();
  const files = values.files ? await benchFiles(workplace, host, amounts, say) : [];
  const rows = [];
  const numbers = [...values.n.split(",").map(Number), ...(values.thousand ? [1000] : [])];
  const repetitions = Number(values.repetitions);
  for (const n of numbers) rows.push(...(await benchLifecycle(workplace, { n, repetitions, variants }, say)));
  say(`\n${lifecycleTable(rows)}\n\n${fileTable(files)}\n`);
  const state = rows.find((row) => row.variant === "export" && row.state)?.state;
  say(`State a resource: ${state.properties} bytes of the provider's, ${state.engine} of the engine's`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ lifecycle: rows, files }, undefined, 2));
  return missed(rows);
}

/** @returns {Promise<string[]>} the marks that were missed */
async function benchRealHosts() {
  const { benchPowerShell } = await import("../test/bench/powershell.mjs");
  const powershell = await preparePowerShell(say);
  if ("missing" in powershell) throw new Error(powershell.missing);
  return benchPowerShell(workplace, powershell.found.powershell, Number(values.repetitions), say);
}
