import { join } from "node:path";
import { HostError } from "../../port";
import { fault } from "../faults";
import { environmentForPrograms } from "./process-environment";
import { type ShellProgram, startShell } from "./shell-process";
import type { ShellEnd, ShellPipe, Transport } from "./transport";

export interface LocalOptions {
  /** Program to start; Windows' own powershell.exe, elsewhere pwsh. */
  readonly executable?: string | undefined;
}

/** What PowerShell is started with here and on other machines: plain words, so that no shell on the way finds anything to quote. */
export const shellArguments = ["-NoProfile", "-NonInteractive"] as const;

/** PowerShell writes no colours and asks nobody for updates. */
const quiet = { TERM: "dumb", NO_COLOR: "1", POWERSHELL_UPDATECHECK: "Off", POWERSHELL_TELEMETRY_OPTOUT: "1" };

/**
 * PowerShell 7 is made for hours of work; ours is done in minutes. Without profiles of its code it is warm after half of the CPU time;
 * with a small nursery, tidied up often, it takes 90 MiB less where the processor's cache is large. Windows PowerShell knows none of these.
 */
const thrifty = { DOTNET_TieredPGO: "0", DOTNET_GCgen0size: "0x400000", DOTNET_GCConserveMemory: "7" };

/**
 * At its start, PowerShell 7 has code compiled ahead that its startup profile names, which whatever PowerShell ran last has written. After
 * such a one, 22 shells in a row died of SIGSEGV inside the runtime at their first request. Only machines with more processors than this
 * (hexadecimal) use the profile; without it a start takes the same time.
 */
const ownStart = { DOTNET_MultiCoreJitMinNumCpus: "400" };

/** PowerShell on this machine. */
export function localTransport({ executable = ownPowerShell() }: LocalOptions = {}): Transport {
  const description = "PowerShell on this machine";
  return {
    description,
    connectMs: 0,
    open: async (): Promise<ShellPipe> => start({ executable, arguments: shellArguments, environment: environmentFor(executable) }),
    explain: (end, said) => whyNotStarted(description, executable, end, said),
  };
}

/** A program's path with a NUL in it, for one, is not even tried. */
export function start(program: ShellProgram): ShellPipe {
  try {
    return startShell(program);
  } catch (error) {
    program.release?.();
    throw new HostError("unreachable", `Could not start ${program.executable}: ${(error as Error).message}.`, {}, { cause: error });
  }
}

/** Why a program of this machine did not become a shell. */
export function whyNotStarted(description: string, executable: string, end: ShellEnd, said: string): HostError {
  const { startError } = end;
  if (startError?.code === "ENOENT") return fault("programMissing", `There is no program ${executable} on this machine.`);
  if (startError?.code === "EACCES" || startError?.code === "ENOTDIR")
    return fault("programMissing", `${executable} is no program that can be started on this machine (${startError.code}).`);
  if (startError !== undefined) return new HostError("unreachable", `Could not start ${executable}: ${startError.message}.`);
  const how = end.signal === undefined ? `exit code ${end.exitCode ?? "unknown"}` : `signal ${end.signal}`;
  return fault("handshakeFailed", `${description} ended before it answered (${how})${said}.`);
}

function ownPowerShell(): string {
  if (process.platform !== "win32") return "pwsh";
  // By its full path: a file of that name in the current directory or on PATH is somebody else's.
  return join(process.env.SystemRoot ?? "C:\\Windows", "System32", "WindowsPowerShell", "v1.0", "powershell.exe");
}

/** Started below PowerShell 7, this process hands down module folders of 7, and Windows PowerShell would load modules of 7 from there. */
function environmentFor(executable: string): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { ...environmentForPrograms(), ...quiet, ...thrifty, ...ownStart };
  const name = Object.keys(environment).find((one) => one.toUpperCase() === "PSMODULEPATH");
  const modules = name && environment[name];
  if (!modules || !/(^|[\\/])powershell(\.exe)?$/i.test(executable)) return environment;
  const kept = modules.split(";").filter((folder) => !/[\\/]powershell([\\/]|$)/i.test(folder));
  return { ...environment, [name]: kept.join(";") };
}
