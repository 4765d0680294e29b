// npm run bench [-- --thousand] [-- --repetitions 5] [-- --json FILE]: what the provider costs, as ratios to a floor and to a peer.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { prepare } from "./set-up/prepare.mjs";

const say = (text) => process.stdout.write(`${text}\n`);

const { values } = parseArgs({
  allowNegative: true,
  options: {
    thousand: { type: "boolean", default: false },
    repetitions: { type: "string", default: "3" },
    json: { type: "string" },
    n: { type: "string", default: "1,20,200" },
    files: { type: "boolean", default: true },
  },
});

const cli = await prepare(say);
const { Workplace } = await import("../test/bench/workplace.mjs");
const { benchLifecycle } = await import("../test/bench/lifecycle.mjs");
const { benchFiles } = await import("../test/bench/files.mjs");
const { fileTable, lifecycleTable, missed } = await import("../test/bench/report.mjs");

const workplace = new Workplace(cli);
try {
  const files = values.files ? await benchFiles(workplace, { bytes: 2 * 1024 ** 3, files: 100_000 }, say) : [];
  const rows = [];
  const numbers = [...values.n.split(",").map(Number), ...(values.thousand ? [1000] : [])];
  for (const n of numbers) rows.push(...(await benchLifecycle(workplace, n, Number(values.repetitions), say)));
  say(`\n${lifecycleTable(rows)}\n\n${fileTable(files)}\n`);
  const state = rows.find((row) => row.variant === "export" && row.state)?.state;
  say(`State a resource: ${state.properties} bytes of the provider's, ${state.engine} of the engine's`);
  for (const text of missed(rows)) say(`Mark missed: ${text}`);
  if (values.json) writeFileSync(values.json, JSON.stringify({ lifecycle: rows, files }, undefined, 2));
} finally {
  workplace.remove();
}
