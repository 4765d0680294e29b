import { winrmTransport } from "../../provider/host/powershell/index";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { isWholeWinrm } from "../support/winrm-share";
import { WinrmWay } from "../support/winrm-way";
import { hostContract } from "./host-contract";
import { type OpenWay, openPowerShellStage } from "./powershell-stage";

describeWithPowerShell("a real PowerShell behind WinRM, its CIM played", (powershell) => {
  describeWithWinrm("(needs openssl on this machine)", () => {
    const manner = { exports: "job", jobNames: "files", points: "job", checkpoints: "job" } as const;
    const only = isWholeWinrm ? undefined : (["preparation", "machines and points", "ExportReferencePoint"] as const);
    hostContract("WinRM", manner, () => openPowerShellStage(winrmWay(powershell), {}), only);
  });
});

function winrmWay(executable: string): OpenWay {
  return async (environment) => {
    setShellEnvironment();
    const way = await WinrmWay.open(executable, environment);
    return { transport: () => winrmTransport(way.address), close: () => way.close() };
  };
}
