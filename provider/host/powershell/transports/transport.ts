import type { Readable, Writable } from "node:stream";
import type { HostError } from "../../port";

/** A way to a PowerShell. A session asks no more of it, so that another way needs neither another session nor another bridge. */
export interface Transport {
  /** The host as errors name it: "PowerShell on this machine", "hv01 (SSH)". */
  readonly description: string;
  /** Milliseconds that the way itself may take, before the shell has to answer. */
  readonly connectMs: number;
  /** Whether a login that was refused stays so for as long as this process lives: passwords that are tried again lock accounts. */
  readonly isTriedOnce?: boolean;
  /** Starts a shell that reads statements from its standard input. Rejects with a HostError where it cannot even be tried. */
  open(): Promise<ShellPipe>;
  /** Why a shell ended before it answered. */
  explain(end: ShellEnd, said: string): HostError;
}

/** A shell that runs. */
export interface ShellPipe {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** Resolves when the shell, or what leads to it, has ended and all that it wrote has been read; never rejects. */
  readonly ended: Promise<ShellEnd>;
  /** The shell has answered: what was needed for the way in only is removed. */
  established(): void;
  /** Whether this process stays for the shell's sake, as it does at first. A shell that is not held ends with this process. */
  hold(isHeld: boolean): void;
  /** Ends this machine's end of the pipe at once. */
  kill(): void;
}

export interface ShellEnd {
  /** Set where the program could not be started. */
  readonly startError?: NodeJS.ErrnoException;
  readonly exitCode?: number;
  readonly signal?: string;
  /** Set where the way to the shell failed rather than the shell. */
  readonly failure?: HostError;
}
