import { describeWithSshd } from "../support/describe-with-sshd";
import { describeWithPowerShell } from "../support/powershell";
import { cutSeed } from "../support/seeded-moments";
import { SshWay } from "../support/ssh-way";
import { verbs } from "./cut-verbs";
import { cutVerbs } from "./cut-verbs-suite";

describeWithPowerShell(`a host over SSH whose connection breaks (HYPERV_CUT_SEED=${cutSeed})`, (powershell) => {
  describeWithSshd(() => cutVerbs(powershell, SshWay.open, Object.keys(verbs), 0));
});
