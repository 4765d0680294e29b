// Calls one method that starts a job without files, in a process of its own, which kills itself at the given moment.

import { createRequire } from "node:module";
import { countMoments } from "./moments.mjs";

const require = createRequire(import.meta.url);
const { SimulatorHost } = require("../../dist/host/simulator/simulator-host.js");

const { labDirectory, verb, items, polled, dieAt } = JSON.parse(process.argv[2] ?? "{}");
const host = new SimulatorHost(labDirectory);
const moments = countMoments(dieAt);
const [answer] = await host[verb](items);
for (let job = answer.value?.path; job !== undefined; ) {
  const [looked] = (await host.poll({ jobs: [], [polled]: [job], tasks: [] }))[polled];
  if (looked.value?.jobState === 7) job = undefined;
}
const passed = moments.stop();
await host.close();
process.stdout.write(JSON.stringify({ moments: passed }));
process.exit(0);
