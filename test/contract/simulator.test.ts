import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";
import { hostContract } from "./host-contract";

hostContract("simulator", async () => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "simulator-contract-")));
  const directory = path.join(root, "lab");
  const scratch = path.join(root, "volume");
  fs.mkdirSync(scratch);
  const lab = await Simulator.open(directory);
  await lab.configure({ bytesPerSecond: 40 * 1024 * 1024, jobStartDelay: 20 });
  const host = openSimulatorHost(directory);
  const others = [host];
  return {
    host,
    scratch,
    machine: "SQL01",
    sharedName: "TEST01",
    methodCalls: async (exportDirectory) => (await lab.calls()).filter((call) => call.exportDirectory === exportDirectory).length,
    another: () => {
      const other = openSimulatorHost(directory);
      others.push(other);
      return other;
    },
    dispose: async () => {
      await Promise.all(others.map((other) => other.close()));
      fs.rmSync(root, { recursive: true, force: true });
    },
  };
});
