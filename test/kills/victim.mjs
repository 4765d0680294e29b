// One operation of the provider in a process of its own, which kills itself at the given moment: nothing is cleaned up, nothing told.
// The request comes as JSON in the first argument; the new state goes to standard output, the number of moments with it. Where it asks
// for pauses, each change of a file is followed by one, so that whoever stops the process meets it between two changes; it then says when
// it begins, and how it ended.

import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import { countMoments } from "./moments.mjs";

const require = createRequire(import.meta.url);
const { labDirectory, verb, inputs, state, dieAt, pauses } = JSON.parse(process.argv[2] ?? "{}");
const { SimulatorHost } = require("../../dist/host/simulator/simulator-host.js");
const { BatchedHost } = require("../../dist/lifecycle/session/batched-host.js");
const { Operation } = require("../../dist/lifecycle/session/operation.js");
const { MachineQueue } = require("../../dist/lifecycle/session/machine-queue.js");
const { systemClock } = require("../../dist/lifecycle/session/clock.js");
const { createExport } = require("../../dist/lifecycle/operations/create.js");
const { updateExport } = require("../../dist/lifecycle/operations/update.js");
const { deleteExport } = require("../../dist/lifecycle/operations/delete.js");

const host = new SimulatorHost(labDirectory);
const surroundings = {
  host: new BatchedHost(host),
  hostName: "the simulator",
  clock: systemClock,
  progress: () => {},
  warn: () => {},
  newExportId: () => randomUUID(),
};
const operation = new Operation(surroundings, 20_000, "timeouts.create");
const moments = countMoments(dieAt, { pauses });
if (pauses) fs.writeSync(1, "begun\n");
const run = {
  create: () => createExport(operation, new MachineQueue(), inputs, randomUUID()),
  update: () => updateExport(operation, new MachineQueue(), state, inputs),
  delete: () => deleteExport(operation, state),
}[verb];
const result = await run().catch((error) => {
  if (!pauses) throw error;
  return { failed: error.code ?? error.reason?.code ?? String(error) };
});
const passed = moments.stop();
await host.close();
process.stdout.write(JSON.stringify({ moments: passed, state: result ?? null }));
process.exit(0);
