import type { SecretSource } from "../../../../domain/hosts/secret-source";
import { winrmProblem } from "../../../../domain/hosts/winrm-rules";
import { winrmComputerNameProblem, winrmUserNameProblem } from "../../../../domain/hosts/winrm-words";
import { HostError } from "../../../port";
import { fault } from "../../faults";
import { shellArguments } from "../local";
import { secretOf } from "../secret-of";
import type { ShellEnd, ShellPipe, Transport } from "../transport";
import type * as pipes from "./pipe";

/** How a machine is reached by WinRM. */
export interface WinrmOptions {
  readonly computerName: string;
  /** 5986 over HTTPS, 5985 over HTTP. */
  readonly port?: number | undefined;
  /** True unless said otherwise. */
  readonly useSsl?: boolean | undefined;
  readonly authentication: "kerberos" | "negotiate" | "ntlm" | "basic" | "certificate";
  readonly credential?: { readonly userName: string; readonly password: SecretSource } | undefined;
  /** Paths of files in PEM on this machine. */
  readonly certificate?: { readonly file: string; readonly keyFile: string } | undefined;
  /** Path of a file in PEM on this machine: authorities that are believed. */
  readonly caFile?: string | undefined;
  /** SHA-256 of the one certificate that is believed. */
  readonly fingerprint?: string | undefined;
  /** How long the host may take to an answer; 20 s. */
  readonly operationTimeoutMs?: number | undefined;
}

const CONNECT_TIMEOUT_MS = 15_000;
/** Short enough for whoever drops silent connections on the way; the service's own limit is 60 s. */
const OPERATION_TIMEOUT_MS = 20_000;

/** Windows' own, by its full path: what else is called powershell.exe on the host's PATH is somebody's. cmd.exe resolves the variable. */
const POWERSHELL = "%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";

/** PowerShell on another machine, through the remote shell of WinRM: the host's own Windows PowerShell, and no program here. */
export function winrmTransport(options: WinrmOptions): Transport {
  const { computerName, useSsl = true, authentication, credential, operationTimeoutMs = OPERATION_TIMEOUT_MS } = options;
  const description = `${computerName} (WinRM)`;
  return {
    description,
    connectMs: CONNECT_TIMEOUT_MS + operationTimeoutMs,
    isTriedOnce: credential !== undefined,
    open: async (): Promise<ShellPipe> => {
      requireUsable(options);
      const password = secretOf("credential.password", credential?.password, computerName);
      if (password !== undefined && /[\r\n]/.test(password)) throw notOneLine();
      // Loaded here, as other hosts need neither HTTP nor XML.
      const { WinrmPipe } = require("./pipe") as typeof pipes;
      return new WinrmPipe(
        {
          computerName,
          port: options.port ?? (useSsl ? 5986 : 5985),
          useSsl,
          authentication,
          userName: credential?.userName,
          password,
          certificate: options.certificate,
          caFile: options.caFile,
          fingerprint: options.fingerprint,
          connectTimeoutMs: CONNECT_TIMEOUT_MS,
          operationTimeoutMs,
          program: POWERSHELL,
          // As over SSH: statements are read from the standard input until it ends.
          arguments: [...shellArguments, "-NoExit", "-Command", "-"],
        },
        description,
      );
    },
    explain: (end, said) => whyNoShell(description, end, said),
  };
}

/** A state that was edited has not gone through check. */
function requireUsable(options: WinrmOptions): void {
  const { credential } = options;
  const problems = {
    computerName: winrmComputerNameProblem(options.computerName),
    "credential.userName": credential && winrmUserNameProblem(credential.userName),
  };
  for (const [name, problem] of Object.entries(problems)) {
    if (problem !== undefined) throw new HostError("invalidParameter", `The host cannot be reached by WinRM: ${name} ${problem}.`);
  }
  const problem = winrmProblem(options);
  if (problem === undefined) return;
  throw new HostError("invalidParameter", `The host cannot be reached by WinRM: ${problem.argument} ${problem.reason}.`);
}

/** Tried with it, the right password would be a wrong one, and accounts lock. */
function notOneLine(): HostError {
  const reason = "credential.password holds a line break, as whatever reads a file to its end gives it";
  return new HostError("invalidParameter", `The host cannot be reached by WinRM: ${reason}.`, {
    remedy: "Give the password without the end of its line, and run the command again.",
  });
}

/** What cmd.exe ends with where there is no such program. */
const noProgram = new Set([3, 9009]);

function whyNoShell(description: string, { failure, exitCode }: ShellEnd, said: string): HostError {
  if (failure !== undefined) return failure;
  if (exitCode !== undefined && noProgram.has(exitCode)) {
    return fault("programMissing", `There is no Windows PowerShell where it should be on ${description}${said}.`);
  }
  return fault("handshakeFailed", `PowerShell on ${description} ended before it answered (exit code ${exitCode ?? "unknown"})${said}.`);
}
