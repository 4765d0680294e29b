import type { ChildProcess } from "node:child_process";
import ourselves from "node:process";
import { PowerShell } from "node-powershell";
import type { ShellEnd, ShellPipe } from "./transport";

export interface ShellProgram {
  readonly executable: string;
  /** Arguments before PowerShell's own "-NoExit -Command -". Each text must be there once only, and must not look like a number. */
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Called once, when the shell has answered or has ended. */
  readonly release?: () => void;
}

/** How long output is waited for after the process has ended: a process that it left behind may hold the pipe. */
const LAST_OUTPUT_MS = 500;

/** What node-powershell keeps to itself. */
interface Inner {
  readonly process: ChildProcess;
  readonly exitPromise: Promise<void>;
}

/**
 * A process started by node-powershell, of which this uses the process and its streams. Its `invoke` hangs, reads in quadratic time and
 * settles nothing after an end; the session has a protocol of its own. What else had to be worked round:
 */
export function startShell(program: ShellProgram): ShellPipe {
  const shell = new OwnExecutable({
    executable: program.executable,
    executableOptions: {
      // Written first whatever the program is, and ssh knows no such option. PowerShell prints no logo where it reads a pipe.
      "-NoLogo": false,
      // Options are the names of an object: each argument is one without a value.
      ...Object.fromEntries(program.arguments.map((argument) => [argument, true])),
    },
    spawnOptions: { env: program.environment, windowsHide: true },
    // All that is expected is ASCII; anything else is noise, which must not be held back for the rest of a character.
    outputEncoding: "latin1",
  });
  const { process, exitPromise } = shell as unknown as Inner;
  // Rejects for most endings, and for a missing program before anybody could listen: the provider would end by it.
  exitPromise.catch(() => {});
  // Only the first error is listened to; writing to a shell that has gone raises one each time. The end itself is told below.
  shell.streams.stdin.on("error", () => {});
  const { release = () => {} } = program;
  let held = true;
  const established = () => {
    if (held) release();
    held = false;
    ourselves.off("exit", established);
  };
  // At once, not when the last output has been read: what is held is a private key, and this process may be about to end itself.
  for (const event of ["exit", "error"]) process.once(event, established);
  ourselves.once("exit", established);
  // The library's own promise tells an exit with code 0 or SIGTERM as success, and none before the last output has been read.
  const ended = endOf(process);
  const { stdin: input, stdout: output, stderr: errors } = shell.streams;
  return { input, output, errors, ended, established, hold: (isHeld) => hold(process, isHeld), kill: () => process.kill("SIGKILL") };
}

function hold(process: ChildProcess, isHeld: boolean): void {
  for (const handle of [process, process.stdin, process.stdout, process.stderr] as (Partial<Holdable> | null)[]) {
    if (isHeld) handle?.ref?.();
    else handle?.unref?.();
  }
}

/** Node's own pipes can be held, and their types do not say so. */
interface Holdable {
  ref(): void;
  unref(): void;
}

/** NODE_POWERSHELL in the environment replaces any executable, ssh as well. */
class OwnExecutable extends PowerShell {
  protected override setExecutable({ executable }: { executable?: string }): string {
    return executable ?? "";
  }
}

function endOf(process: ChildProcess): Promise<ShellEnd> {
  return new Promise((resolve) => {
    process.once("error", (startError) => resolve({ startError }));
    process.once("exit", (exitCode, signal) => {
      const end = { ...(exitCode !== null && { exitCode }), ...(signal !== null && { signal }) };
      process.once("close", () => resolve(end));
      // In two halves: an event loop that was held up reads between them what has arrived.
      const half = LAST_OUTPUT_MS / 2;
      setTimeout(() => setTimeout(() => resolve(end), half).unref(), half).unref();
    });
  });
}
