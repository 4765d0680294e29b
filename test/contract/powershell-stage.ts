import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PowerShellHost } from "../../provider/host/powershell/index";
import type { Transport } from "../../provider/host/powershell/transports/transport";
import { type LabConfiguration, Simulator } from "../../provider/host/simulator/index";
import { startWmi } from "../support/wmi/start-wmi";
import { localStageFiles } from "./local-stage-files";
import { type ContractStage, chainedDisks } from "./stage";

/** Opens the way to a PowerShell whose environment has this in it. */
export type OpenWay = (environment: Readonly<Record<string, string>>) => Promise<{ transport(): Transport; close(): Promise<void> }>;

/** A lab behind a real PowerShell, its CIM played. */
export async function openPowerShellStage(openWay: OpenWay, configuration: LabConfiguration): Promise<ContractStage> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "powershell-contract-")));
  const directory = path.join(root, "lab");
  const scratch = path.join(root, "volume");
  fs.mkdirSync(scratch);
  const lab = await Simulator.open(directory);
  await lab.addVirtualMachine({ name: "BARE01", disks: [] });
  await lab.addVirtualMachine({ name: "CHAIN01", disks: chainedDisks });
  await lab.configure({ bytesPerSecond: 40 * 1024 * 1024, jobStartDelay: 500, ...configuration });
  const wmi = await startWmi(directory);
  const way = await openWay(wmi.environment);
  const hosts: PowerShellHost[] = [];
  const open = () => {
    const host = new PowerShellHost(way.transport());
    hosts.push(host);
    return host;
  };
  return {
    host: open(),
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
    another: open,
    dispose: async () => {
      await Promise.all(hosts.map((host) => host.close()));
      await way.close();
      await wmi.close();
      fs.rmSync(root, { recursive: true, force: true });
      if (wmi.broken.length > 0) throw new AggregateError(wmi.broken, "the stand-in of WMI broke");
    },
  };
}
