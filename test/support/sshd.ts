import { execFileSync, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { freePort, listening } from "./loopback-port";

export interface Sshd {
  readonly port: number;
  readonly userName: string;
  /** The server's public key, as a line of OpenSSH. */
  readonly hostKey: string;
  /** A private key that the server lets in, as a file and as text; and one that it does not. */
  readonly keyFile: string;
  readonly privateKey: string;
  readonly strangersKeyFile: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Path of a server of OpenSSH; undefined where there is none. */
export const sshdProgram: string | undefined = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/lib/ssh/sshd"].find((file) =>
  fs.existsSync(file),
);

/**
 * Starts a server of OpenSSH on a port of the loopback, with keys of its own. What `environment` holds is in the environment of every
 * shell that it starts.
 */
export async function startSshd(environment: Readonly<Record<string, string>>): Promise<Sshd> {
  if (sshdProgram === undefined) throw new Error("there is no sshd on this machine");
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "sshd-")));
  const key = (name: string) => {
    const file = path.join(folder, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file]);
    return file;
  };
  const [hostKeyFile, keyFile, strangersKeyFile] = [key("host"), key("user"), key("stranger")];
  fs.copyFileSync(`${keyFile}.pub`, path.join(folder, "authorized_keys"));
  const port = await freePort();
  const { DOTNET_MultiCoreJitMinNumCpus = "" } = process.env;
  const variables = Object.entries({ DOTNET_MultiCoreJitMinNumCpus, ...environment }).map(([name, value]) => `"${name}=${value}"`);
  const configuration = [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKeyFile}`,
    `PidFile ${path.join(folder, "pid")}`,
    `AuthorizedKeysFile ${path.join(folder, "authorized_keys")}`,
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "MaxStartups 100",
    `SetEnv ${variables.join(" ")}`,
  ];
  fs.writeFileSync(path.join(folder, "sshd_config"), `${configuration.join("\n")}\n`);
  // Where it runs as root, it wants an empty folder for its part without rights.
  if (process.getuid?.() === 0) fs.mkdirSync("/run/sshd", { recursive: true });
  const server = spawn(sshdProgram, ["-D", "-e", "-f", path.join(folder, "sshd_config")], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.on("data", (data) => {
    said += data;
  });
  await listening(port, () => {
    if (server.exitCode !== null) throw new Error(`sshd ended: ${said}`);
  });
  return {
    port,
    userName: os.userInfo().username,
    hostKey: fs.readFileSync(`${hostKeyFile}.pub`, "utf8").trim(),
    keyFile,
    privateKey: fs.readFileSync(keyFile, "utf8"),
    strangersKeyFile,
    pid: server.pid as number,
    close: async () => {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL");
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Process ids of what a process started, and of what they started. */
export function descendants(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" });
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => pairs.filter(([, one]) => one === parent).flatMap(([child = 0]) => [child, ...below(child)]);
  return below(pid);
}
