import { localTransport } from "../../provider/host/powershell/index";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { hostContract } from "./host-contract";
import { type OpenWay, openPowerShellStage } from "./powershell-stage";

describeWithPowerShell("a real PowerShell on this machine, its CIM played", (powershell) => {
  hostContract("PowerShell, with Hyper-V's names", { exports: "job", jobNames: "files", points: "job", checkpoints: "job" }, () =>
    openPowerShellStage(localWay(powershell), {}),
  );
  hostContract(
    "PowerShell, jobs that name nothing, points and checkpoints made at once",
    { exports: "job", jobNames: "nothing", points: "synchronous", checkpoints: "synchronous" },
    () =>
      openPowerShellStage(localWay(powershell), {
        exportNames: "opaque",
        jobNames: "nothing",
        synchronousPoints: true,
        synchronousCheckpoints: true,
      }),
  );
});

function localWay(executable: string): OpenWay {
  return async (environment) => {
    setShellEnvironment(environment);
    return { transport: () => localTransport({ executable }), close: async () => {} };
  };
}
