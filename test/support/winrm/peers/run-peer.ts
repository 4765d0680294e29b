import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { peersPython } from "../acceptor";
import { defaultUser } from "../options";
import type { Winrm } from "../server";
import { masterzenProgram } from "./masterzen-program";

/** Clients of WinRM that nobody here wrote. */
export const peers = ["pywinrm", "pypsrp", "masterzen/winrm"] as const;
export type Peer = (typeof peers)[number];

export interface PeerTask {
  readonly login: "basic" | "ntlm" | "certificate";
  /** A line for the system's shell, or a script. */
  readonly command: string;
  readonly isPowerShell?: boolean;
  /** Absent: standard input is left alone. */
  readonly input?: string;
  readonly userName?: string;
  readonly password?: string;
  /** Seconds that one Receive waits; 20 by default. */
  readonly operationTimeout?: number;
}

export interface PeerOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** What the peer could not do. */
  readonly error?: string;
}

/** Has a peer run one command on the server. */
export async function runPeer(peer: Peer, server: Winrm, task: PeerTask): Promise<PeerOutcome> {
  const { certificates, port } = server;
  const given = {
    host: "localhost",
    port,
    https: certificates !== undefined,
    ...(certificates && { caFile: certificates.caFile }),
    ...(task.login === "certificate" && certificates?.client),
    isPowerShell: false,
    operationTimeout: 20,
    ...defaultUser,
    ...task,
  };
  const [program, ...words] = commandOf(peer);
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } });
  let [out, said] = ["", ""];
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    said += data;
  });
  child.stdin.end(JSON.stringify(given));
  await new Promise((resolve) => child.once("close", resolve));
  try {
    return JSON.parse(out);
  } catch {
    throw new Error(`${peer} gave no outcome: ${out}${said}`);
  }
}

function commandOf(peer: Peer): [string, ...string[]] {
  const program = peer === "masterzen/winrm" ? masterzenProgram() : peersPython();
  if (program === undefined) throw new Error(`There is no ${peer}: run node tools/winrm-peers/ensure.mjs and masterzen.mjs.`);
  if (peer === "masterzen/winrm") return [program];
  return [program, fileURLToPath(new URL(`with-${peer}.py`, import.meta.url))];
}
