import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { openSimulatorHost, Simulator } from "../../provider/host/simulator/index";
import { hostContract } from "./host-contract";
import { localStageFiles } from "./local-stage-files";
import { type ContractStage, chainedDisks } from "./stage";

const configurations: Readonly<Record<string, LabConfiguration>> = {
  "simulator, with Hyper-V's names": {},
  "simulator, with names that tell nothing": { exportNames: "opaque" },
  "simulator, with names that tell nothing and jobs that name nothing": { exportNames: "opaque", jobNames: "nothing" },
  "simulator, synchronous": { synchronousExports: true, synchronousPoints: true, synchronousCheckpoints: true },
};

for (const [name, configuration] of Object.entries(configurations)) {
  const { jobNames = "files", synchronousExports, synchronousPoints, synchronousCheckpoints } = configuration;
  const by = (synchronous: boolean | undefined) => (synchronous ? "synchronous" : "job");
  hostContract(
    name,
    { exports: by(synchronousExports), jobNames, points: by(synchronousPoints), checkpoints: by(synchronousCheckpoints) },
    () => openStage(configuration),
  );
}

async function openStage(configuration: LabConfiguration): Promise<ContractStage> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "simulator-contract-")));
  const directory = path.join(root, "lab");
  const scratch = path.join(root, "volume");
  fs.mkdirSync(scratch);
  const lab = await Simulator.open(directory);
  await lab.addVirtualMachine({ name: "BARE01", disks: [] });
  await lab.addVirtualMachine({ name: "CHAIN01", disks: chainedDisks });
  await lab.configure({ bytesPerSecond: 40 * 1024 * 1024, jobStartDelay: 20, ...configuration });
  const host = openSimulatorHost(directory);
  const others = [host];
  return {
    host,
    scratch,
    machine: "SQL01",
    sharedName: "TEST01",
    files: localStageFiles,
    chainedMachine: "CHAIN01",
    disklessMachine: "BARE01",
    pointCalls: async (id) => (await lab.pointCalls()).filter((call) => call.virtualMachineId === id).length,
    checkpointCalls: async (id) => (await lab.checkpointCalls()).filter((call) => call.virtualMachineId === id).length,
    addCheckpoint: async (virtualMachine, type) => (await lab.addCheckpoint({ virtualMachine, type })).id,
    removeCheckpoint: (id) => lab.removeCheckpoint(id),
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
}
