// One operation over SSH or WinRM in a process of its own, which kills itself at the given call of the port: nothing is cleaned up, nothing told.
// The request comes as JSON on standard input; it prints "ended" where it came to its end.

import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const require = createRequire(import.meta.url);
const { PowerShellHost, sshTransport, winrmTransport } = require("../../dist/host/powershell/index.js");
const { BatchedHost } = require("../../dist/lifecycle/session/batched-host.js");
const { Operation } = require("../../dist/lifecycle/session/operation.js");
const { MachineQueue } = require("../../dist/lifecycle/session/machine-queue.js");
const { systemClock } = require("../../dist/lifecycle/session/clock.js");
const { createExport } = require("../../dist/lifecycle/operations/create.js");
const { updateExport } = require("../../dist/lifecycle/operations/update.js");
const { deleteExport } = require("../../dist/lifecycle/operations/delete.js");

const { verb, inputs, state, address, dieAt, afterMs } = JSON.parse(await text(process.stdin));
const host = new PowerShellHost(address.kind === "ssh" ? sshTransport(address) : winrmTransport(address));
await host.greeting();

let calls = 0;
const mortal = new Proxy(host, {
  get(target, name) {
    const value = Reflect.get(target, name, target);
    if (typeof value !== "function") return value;
    return (items) => {
      const answer = value.call(target, items);
      if (++calls === dieAt) setTimeout(() => process.kill(process.pid, "SIGKILL"), afterMs);
      return answer;
    };
  },
});
const surroundings = {
  host: new BatchedHost(mortal),
  hostName: "127.0.0.1",
  clock: systemClock,
  progress: () => {},
  warn: () => {},
  newExportId: () => randomUUID(),
};
const operation = new Operation(surroundings, 600_000, "timeouts.create");
await {
  create: () => createExport(operation, new MachineQueue(), inputs, randomUUID()),
  repair: () => updateExport(operation, new MachineQueue(), state, inputs),
  delete: () => deleteExport(operation, state),
}[verb]();
console.log("ended");
process.exit(0);
