// One operation of a chain in a process of its own, which kills itself at the given moment. The request comes as JSON in the first argument;
// the new state goes to standard output, the number of moments with it.

import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { countMoments } from "./moments.mjs";

const require = createRequire(import.meta.url);
const { SimulatorHost } = require("../../dist/host/simulator/simulator-host.js");
const { BatchedHost } = require("../../dist/lifecycle/session/batched-host.js");
const { Operation } = require("../../dist/lifecycle/session/operation.js");
const { MachineQueue } = require("../../dist/lifecycle/session/machine-queue.js");
const { systemClock } = require("../../dist/lifecycle/session/clock.js");
const { updateChain } = require("../../dist/lifecycle/chain/update-chain.js");
const { deleteChain } = require("../../dist/lifecycle/chain/delete-chain.js");

const { labDirectory, verb, inputs, state, dieAt } = JSON.parse(process.argv[2] ?? "{}");
const host = new SimulatorHost(labDirectory);
const surroundings = {
  host: new BatchedHost(host),
  hostName: "the simulator",
  clock: systemClock,
  progress: () => {},
  warn: () => {},
  did: () => {},
  newExportId: () => randomUUID(),
};
const operation = new Operation(surroundings, 20_000, "timeouts.delete");
const moments = countMoments(dieAt);
const run = {
  update: () => updateChain(operation, new MachineQueue(), state, inputs),
  delete: () => deleteChain(operation, new MachineQueue(), state),
}[verb];
const result = await run();
const passed = moments.stop();
await host.close();
process.stdout.write(JSON.stringify({ moments: passed, state: result ?? null }));
process.exit(0);
