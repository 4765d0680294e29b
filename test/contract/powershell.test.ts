import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { type LabConfiguration, Simulator } from "../../provider/host/simulator/index";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { startWmi } from "../support/wmi/start-wmi";
import { hostContract } from "./host-contract";
import { localStageFiles } from "./local-stage-files";
import type { ContractStage } from "./stage";

describeWithPowerShell("a real PowerShell on this machine, its CIM played", (powershell) => {
  hostContract("PowerShell, with Hyper-V's names", { exports: "job", jobNames: "files", points: "job" }, () => openStage(powershell, {}));
  hostContract(
    "PowerShell, jobs that name nothing, and points made at once",
    { exports: "job", jobNames: "nothing", points: "synchronous" },
    () => openStage(powershell, { exportNames: "opaque", jobNames: "nothing", synchronousPoints: true }),
  );
});

async function openStage(executable: string, configuration: LabConfiguration): Promise<ContractStage> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "powershell-contract-")));
  const directory = path.join(root, "lab");
  const scratch = path.join(root, "volume");
  fs.mkdirSync(scratch);
  const lab = await Simulator.open(directory);
  await lab.addVirtualMachine({ name: "BARE01", disks: [] });
  await lab.configure({ bytesPerSecond: 40 * 1024 * 1024, jobStartDelay: 500, ...configuration });
  const wmi = await startWmi(directory);
  setShellEnvironment(wmi.environment);
  const hosts: PowerShellHost[] = [];
  const open = () => {
    const host = new PowerShellHost(localTransport({ executable }));
    hosts.push(host);
    return host;
  };
  return {
    host: open(),
    scratch,
    machine: "SQL01",
    sharedName: "TEST01",
    files: localStageFiles,
    disklessMachine: "BARE01",
    pointCalls: async (id) => (await lab.pointCalls()).filter((call) => call.virtualMachineId === id).length,
    methodCalls: async (exportDirectory) => (await lab.calls()).filter((call) => call.exportDirectory === exportDirectory).length,
    another: open,
    dispose: async () => {
      await Promise.all(hosts.map((host) => host.close()));
      await wmi.close();
      fs.rmSync(root, { recursive: true, force: true });
      if (wmi.broken.length > 0) throw new AggregateError(wmi.broken, "the stand-in of WMI broke");
    },
  };
}
