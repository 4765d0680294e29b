import { describeWithSshd } from "../support/describe-with-sshd";
import { describeWithPowerShell } from "../support/powershell";
import { cutSeed } from "../support/seeded-moments";
import { SshWay } from "../support/ssh-way";
import { cutExports } from "./cut-exports";
import { remoteStories } from "./remote-stories";

describeWithPowerShell(`an export over SSH whose connection breaks (HYPERV_CUT_SEED=${cutSeed})`, (powershell) => {
  describeWithSshd(() => {
    const told = Object.values(remoteStories);
    cutExports(powershell, SshWay.open, { told, kinds: ["reset", "stall", "close", "delay"], firstSalt: 100 });
  });
});
