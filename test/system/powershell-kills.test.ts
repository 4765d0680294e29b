import { describeWithPowerShell } from "../support/powershell";
import { sshdProgram } from "../support/sshd";
import { plannedRealKills } from "./plan";
import { proveKills } from "./prove-kills";

if (sshdProgram === undefined && process.env.CI === "true") throw new Error("kills over SSH: there is no sshd on this machine");

describeWithPowerShell("through a real PowerShell", () => {
  proveKills(plannedRealKills().filter(({ way }) => way === "local" || sshdProgram !== undefined));
});
