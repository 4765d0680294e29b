import { describeWithSshd } from "../support/describe-with-sshd";
import { describeWithPowerShell } from "../support/powershell";
import { plannedRealKills } from "./plan";
import { proveKills } from "./prove-kills";

const kills = plannedRealKills();

describeWithPowerShell("through a real PowerShell", () => {
  proveKills(kills.filter(({ way }) => way === "local"));
  describeWithSshd(() => proveKills(kills.filter(({ way }) => way === "ssh")));
});
