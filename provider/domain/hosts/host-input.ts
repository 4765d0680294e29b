import { z } from "zod";
import { localHost, simulatorHost, sshHost, winrmHost } from "./host-kinds";
import { winrmProblem } from "./winrm-rules";

/**
 * How to reach the machine that runs Hyper-V, as plain data: it lies in the state, so the process that reads or deletes an export
 * years later can reach the host from it alone.
 */
export const hostInput = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("simulator"), directory: simulatorHost.directory.schema }),
  z.strictObject({ kind: z.literal("local"), executable: localHost.executable.schema.optional() }),
  z
    .strictObject({
      kind: z.literal("ssh"),
      hostName: sshHost.hostName.schema,
      userName: sshHost.userName.schema.optional(),
      port: sshHost.port.schema.optional(),
      keyFile: sshHost.keyFile.schema.optional(),
      privateKey: sshHost.privateKey.schema.optional(),
      hostKey: sshHost.hostKey.schema.optional(),
      jumpHost: sshHost.jumpHost.schema.optional(),
      executable: sshHost.executable.schema.optional(),
      connectTimeout: sshHost.connectTimeout.schema.optional(),
    })
    .refine(({ keyFile, privateKey }) => keyFile === undefined || privateKey === undefined, {
      path: ["privateKey"],
      message: "is given beside keyFile; give one of them",
    }),
  z
    .strictObject({
      kind: z.literal("winrm"),
      computerName: winrmHost.computerName.schema,
      port: winrmHost.port.schema.optional(),
      useSsl: winrmHost.useSsl.schema.optional(),
      authentication: winrmHost.authentication.schema,
      credential: winrmHost.credential.schema.optional(),
      certificate: winrmHost.certificate.schema.optional(),
      caFile: winrmHost.caFile.schema.optional(),
      fingerprint: winrmHost.fingerprint.schema.optional(),
      operationTimeout: winrmHost.operationTimeout.schema.optional(),
    })
    .check(({ value, issues }) => {
      const problem = winrmProblem(value);
      if (problem !== undefined) issues.push({ code: "custom", path: [problem.argument], message: problem.reason, input: value });
    }),
]);

export type HostInput = z.infer<typeof hostInput>;

/** Whether two hosts are one machine, as far as their texts tell. "unknown": only the machines themselves can tell. */
export function sameMachineByName(one: HostInput, other: HostInput): "same" | "other" | "unknown" {
  if (one.kind === "simulator" && other.kind === "simulator") return labOf(one) === labOf(other) ? "same" : "other";
  if (one.kind === "simulator" || other.kind === "simulator") return "other";
  return addressOf(one) === addressOf(other) ? "same" : "unknown";
}

/** "hv01 (SSH)": the host as errors name it. */
export function hostName(host: HostInput): string {
  if (host.kind === "simulator") return `the simulator in ${host.directory}`;
  if (host.kind === "winrm") return `${host.computerName} (WinRM)`;
  return host.kind === "local" ? "PowerShell on this machine" : `${host.hostName} (SSH)`;
}

function labOf({ directory }: Extract<HostInput, { kind: "simulator" }>): string {
  return directory.replace(/[\\/]+/g, "/").replace(/\/$/, "");
}

/** What decides which machine answers; account, key and program do not. */
function addressOf(host: Exclude<HostInput, { kind: "simulator" }>): string {
  if (host.kind === "local") return "local";
  if (host.kind === "winrm") {
    const { computerName, useSsl = true, port, fingerprint } = host;
    return JSON.stringify(["winrm", computerName.toLowerCase(), useSsl, port, fingerprint]);
  }
  const { hostName: name, port, jumpHost, hostKey } = host;
  return JSON.stringify([name.toLowerCase(), port, jumpHost, hostKey]);
}
