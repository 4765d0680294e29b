import { describeWithWinrm } from "../support/describe-with-winrm";
import { describeWithPowerShell } from "../support/powershell";
import { cutSeed } from "../support/seeded-moments";
import { isWholeWinrm } from "../support/winrm-share";
import { WinrmWay } from "../support/winrm-way";
import { cutExports } from "./cut-exports";
import { verbs } from "./cut-verbs";
import { cutVerbs } from "./cut-verbs-suite";
import { remoteStories } from "./remote-stories";

describeWithPowerShell(`a host over WinRM whose connection breaks (HYPERV_CUT_SEED=${cutSeed})`, (powershell) => {
  describeWithWinrm("(needs openssl on this machine)", () => {
    const names = isWholeWinrm ? Object.keys(verbs) : ["creates text files", "exports and cancels"];
    cutVerbs(powershell, WinrmWay.open, names, 500);
    const told = isWholeWinrm ? Object.values(remoteStories) : [remoteStories.create];
    cutExports(powershell, WinrmWay.open, {
      told,
      kinds: isWholeWinrm ? ["reset", "stall", "close", "delay"] : ["reset", "stall"],
      firstSalt: 600,
    });
  });
});
