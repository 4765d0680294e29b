import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Fault } from "./faults";
import type { Program } from "./program";
import type { Signal } from "./words";

export type StreamName = "stdout" | "stderr";

/** What one Receive brings back. */
export interface Received {
  readonly pieces: readonly { readonly stream: StreamName; readonly data: Buffer }[];
  /** Set when the command has ended and this is all that was left of its output. */
  readonly exitCode?: number;
}

/** STATUS_CONTROL_C_EXIT: how a Windows program ends that a ctrl_c has ended. */
const CONTROL_C_EXIT = 0xc000013a;

/** So much output waits on the server's side before the program itself has to wait. */
const BUFFERED_BYTES = 4 * 1024 * 1024;

/** What an element of one piece takes beside its data: names, and the command's identifier. */
const ELEMENT_BYTES = 160;

/** A command of a shell: a real process, in a group of its own so that its end reaches what it has started. */
export class Command {
  readonly ended: Promise<void>;
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly waiting: { stream: StreamName; data: Buffer }[] = [];
  private waitingBytes = 0;
  private exitCode: number | undefined;
  private isCancelled = false;
  private receiver: { look: () => void; abort: () => void } | undefined;

  constructor(program: Program, environment: NodeJS.ProcessEnv, folder: string) {
    this.process = spawn(program.file, program.arguments, { cwd: folder, env: environment, detached: process.platform !== "win32" });
    for (const stream of ["stdout", "stderr"] as const) this.process[stream].on("data", (data: Buffer) => this.keep(stream, data));
    this.process.stdin.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.process.once("error", () => this.end(127, resolve));
      this.process.once("close", (code) => this.end(this.isCancelled ? CONTROL_C_EXIT : (code ?? 1), resolve));
    });
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.process.pid;
  }

  get isRunning(): boolean {
    return this.exitCode === undefined;
  }

  /** Resolves when the program's pipe has taken it. */
  async send(data: Buffer, isEnd: boolean, timeoutMs: number): Promise<void> {
    const { stdin } = this.process;
    if (!stdin.writable || !this.isRunning) throw new Fault("pipeClosed");
    const taken = new Promise<void>((resolve, reject) => {
      const settle = (error?: Error | null) => (error ? reject(new Fault("pipeClosed")) : resolve());
      if (data.length > 0) stdin.write(data, settle);
      if (isEnd) stdin.end(() => settle());
      else if (data.length === 0) settle();
    });
    await within(timeoutMs, taken);
  }

  /**
   * What there is of the wanted streams, or what comes first within the time.
   * @param room  bytes of the envelope that pieces may take as elements with base64; the rest is for the next one
   */
  async receive(wanted: ReadonlySet<string>, timeoutMs: number, room: number): Promise<Received> {
    if (this.receiver !== undefined) throw new Fault("receiveInProgress");
    const come = new Promise<Received>((resolve, reject) => {
      const look = () => {
        const received = this.take(wanted, room);
        if (received !== undefined) resolve(received);
      };
      this.receiver = { look, abort: () => reject(new Fault("aborted")) };
      look();
    });
    return within(timeoutMs, come).finally(() => {
      this.receiver = undefined;
    });
  }

  signal(signal: Signal): void {
    if (!this.isRunning) return;
    this.isCancelled = true;
    if (signal === "terminate") this.kill();
    else this.signalGroup("SIGINT");
  }

  /** Ends the process and all that it has started, and the Receive that waits for it. */
  kill(): void {
    this.receiver?.abort();
    this.signalGroup("SIGKILL");
  }

  private signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.process;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, signal);
    } catch {
      // All of it has ended.
    }
  }

  private keep(stream: StreamName, data: Buffer): void {
    this.waiting.push({ stream, data });
    this.waitingBytes += data.length;
    if (this.waitingBytes > BUFFERED_BYTES) this.process[stream].pause();
    this.receiver?.look();
  }

  private take(wanted: ReadonlySet<string>, roomInEnvelope: number): Received | undefined {
    const pieces: { stream: StreamName; data: Buffer }[] = [];
    let room = roomInEnvelope;
    const left = this.waiting.splice(0).filter((piece) => {
      const bytes = Math.min(piece.data.length, Math.floor((room - ELEMENT_BYTES) / 4) * 3);
      if (!wanted.has(piece.stream) || bytes <= 0) return true;
      // Nothing later overtakes what is left of this one.
      room = bytes < piece.data.length ? 0 : room - ELEMENT_BYTES - Math.ceil(bytes / 3) * 4;
      pieces.push({ stream: piece.stream, data: piece.data.subarray(0, bytes) });
      piece.data = piece.data.subarray(bytes);
      return piece.data.length > 0;
    });
    this.waiting.push(...left);
    for (const { data } of pieces) this.waitingBytes -= data.length;
    if (this.waitingBytes < BUFFERED_BYTES) for (const stream of ["stdout", "stderr"] as const) this.process[stream].resume();
    const { exitCode } = this;
    if (exitCode !== undefined && this.waiting.length === 0) return { pieces, exitCode };
    return pieces.length > 0 ? { pieces } : undefined;
  }

  private end(exitCode: number, resolve: () => void): void {
    this.exitCode ??= exitCode;
    this.receiver?.look();
    resolve();
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Fault("timedOut")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
