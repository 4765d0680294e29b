import { powerShellProgram } from "../support/powershell-program";
import { startSshd } from "../support/sshd";
import { startWmi } from "../support/wmi/start-wmi";

export const ways = ["simulator", "simulator, no checkpoints", "local", "ssh"] as const;
export type WayName = (typeof ways)[number];

/** How a program reaches the host that is played on a lab. */
export interface Way {
  /** What the program has for its host, as JavaScript. */
  readonly host: string;
  /** What the processes of the CLI find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function openWay(name: WayName, labDirectory: string): Promise<Way> {
  if (name === "simulator" || name === "simulator, no checkpoints") {
    const environment = name === "simulator" ? {} : { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "1" };
    return { host: `Host.simulator(${JSON.stringify({ directory: labDirectory })})`, environment, close: async () => {} };
  }
  const wmi = await startWmi(labDirectory);
  const environment = { HYPERV_BRIDGE_PATHS: "posix", ...wmi.environment };
  const executable = powerShellProgram();
  const closeWmi = async () => {
    await wmi.close();
    if (wmi.broken.length > 0) throw new AggregateError(wmi.broken, "the stand-in of WMI broke");
  };
  if (name === "local") return { host: `Host.local(${JSON.stringify({ executable })})`, environment, close: closeWmi };
  const sshd = await startSshd(environment);
  const { port, userName, hostKey, keyFile } = sshd;
  return {
    host: `Host.ssh(${JSON.stringify({ hostName: "127.0.0.1", port, userName, hostKey, keyFile, executable })})`,
    environment,
    close: async () => {
      await sshd.close();
      await closeWmi();
    },
  };
}
