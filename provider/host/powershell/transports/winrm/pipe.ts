import { Readable, Writable } from "node:stream";
import { HostError } from "../../../port";
import type { ShellEnd, ShellPipe } from "../transport";
import type { Output } from "./answers";
import { Connection, type ConnectionOptions } from "./connection";
import { damaged } from "./faults";
import { endWithProcess, stays } from "./process-end";
import { RemoteShell, type ShellTimes } from "./shell";

export interface PipeOptions extends ConnectionOptions, ShellTimes {
  readonly program: string;
  readonly arguments: readonly string[];
}

/** How long the shell's removal may take when the pipe ends. What is not removed by then goes by IdleTimeout. */
const REMOVAL_MS = 1000;

/**
 * A program in a remote shell, as a pipe. It opens by itself: what stands in the way is told by `ended`. Two connections: on one, a Receive
 * always waits for output; all else goes on the other, one request at a time.
 */
export class WinrmPipe implements ShellPipe {
  readonly input: Writable;
  readonly output = outputStream();
  readonly errors = outputStream();
  readonly ended: Promise<ShellEnd>;
  private readonly finished = new Set<Readable>();
  private commands: Connection | undefined;
  private polls: Connection | undefined;
  private shell: RemoteShell | undefined;
  private end: ShellEnd | undefined;
  private isHeld = true;
  private isRemoved = false;
  private resolveEnded: (end: ShellEnd) => void = () => {};
  private readonly opened: Promise<void>;

  constructor(
    private readonly options: PipeOptions,
    private readonly description: string,
  ) {
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    this.opened = this.open();
    // What is written after the end fails there, and nobody else listens.
    this.input = this.inputStream().on("error", () => {});
    stays(this);
    this.opened.then(
      () => this.poll(),
      (error) => this.fail(error),
    );
  }

  established(): void {}

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    for (const connection of [this.commands, this.polls]) connection?.hold(isHeld);
  }

  kill(): void {
    void this.finish({ signal: "SIGKILL" });
  }

  /** One after the other: a wrong password is tried once, on the first. */
  private async open(): Promise<void> {
    const { options, description } = this;
    this.commands = await Connection.open(options, description);
    // The end may not have waited for it, and nothing else would close it.
    if (this.end !== undefined) this.commands.destroy(this.closed());
    this.requireUnended();
    const shell = new RemoteShell(description, this.commands, options);
    this.shell = shell;
    await shell.create();
    this.requireUnended();
    const started = shell.start(options.program, options.arguments);
    const second = this.openSecond(shell);
    // Each is waited for, whatever becomes of the other.
    await Promise.allSettled([started, second]);
    await started;
    await second;
    this.requireUnended();
  }

  /** What the first connection has found out is not looked for again: a domain controller that is silent takes half a minute. */
  private get furtherOptions(): PipeOptions {
    return { ...this.options, authentication: this.commands?.authentication ?? this.options.authentication };
  }

  private async openSecond(shell: RemoteShell): Promise<void> {
    this.polls = await Connection.open(this.furtherOptions, this.description);
    this.polls.hold(this.isHeld);
    if (this.end !== undefined) this.polls.destroy(this.closed());
    await shell.identify(this.polls);
  }

  private requireUnended(): void {
    if (this.end !== undefined) throw this.closed();
  }

  private closed(): HostError {
    return new HostError("connectionLost", `The way to ${this.description} was closed.`);
  }

  private async poll(): Promise<void> {
    try {
      while (this.end === undefined) {
        const output = await this.shell?.receive(this.polls as Connection);
        if (output !== undefined && this.end === undefined) this.take(output);
        // What the answer leads to is asked first: it may be waited for.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      this.fail(error);
    }
  }

  private take({ pieces, isDone, exitCode }: Output): void {
    for (const { stream, data, ends } of pieces) {
      const to = stream === "stdout" ? this.output : this.errors;
      if (this.finished.has(to) && data.length > 0) throw damaged(this.description, `${stream} goes on after its end`);
      if (data.length > 0) to.push(data);
      if (ends) this.finished.add(to);
    }
    if (isDone) void this.finish(exitCode === undefined ? {} : { exitCode });
  }

  private inputStream(): Writable {
    const send = async (data: Buffer, end: boolean) => {
      await this.opened;
      const shell = this.shell as RemoteShell;
      const { pieceSize } = shell;
      for (let from = 0; from < data.length; from += pieceSize) await shell.send(data.subarray(from, from + pieceSize), false);
      if (end) await shell.send(Buffer.alloc(0), true);
    };
    // What fails is the pipe, and `ended` tells it; nobody listens for errors of the input.
    const sent = (sending: Promise<void>, done: () => void) => sending.then(done, (error) => this.fail(error));
    return new Writable({
      write: (chunk: Buffer, _, done) => sent(send(chunk, false), done),
      // Whatever has come together while a Send was under way goes with the next.
      writev: (chunks, done) => sent(send(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), false), done),
      final: (done) => sent(send(Buffer.alloc(0), true), done),
    });
  }

  private fail(error: unknown): void {
    const failure = error instanceof HostError ? error : damaged(this.description, (error as Error).message);
    void this.finish({ failure });
  }

  private async finish(end: ShellEnd): Promise<void> {
    if (this.end !== undefined) return;
    this.end = end;
    // The process stays for as long as the shell's removal takes, which has a limit.
    this.hold(true);
    for (const stream of [this.output, this.errors]) stream.push(null);
    this.input.destroy();
    this.polls?.destroy(this.closed());
    await this.removeShell();
    this.isRemoved = true;
    for (const connection of [this.commands, this.polls]) connection?.destroy(this.closed());
    endWithProcess(this);
    this.resolveEnded(end);
  }

  /** In every ending that can still speak: a shell counts against the account's limit until IdleTimeout, which is what a failure leaves it to. */
  private async removeShell(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, REMOVAL_MS);
    });
    await Promise.race([this.removed().catch(() => {}), late]);
    clearTimeout(timer);
  }

  private async removed(): Promise<void> {
    // A shell that is being made has no name yet.
    await this.opened.catch(() => {});
    const { shell } = this;
    if (!shell?.isCreated) return;
    // Whatever becomes of the program, the shell is to go.
    await shell.terminate(await this.living()).catch(() => {});
    await shell.remove(await this.living());
  }

  /** The connection for all but output, or another where that one is gone: an ending that nobody wanted may have begun there. */
  private async living(): Promise<Connection> {
    if (this.commands?.isOver !== false) {
      const another = await Connection.open({ ...this.furtherOptions, connectTimeoutMs: REMOVAL_MS }, this.description);
      this.commands = another;
      // Too late to be of use.
      if (this.isRemoved) another.destroy(this.closed());
    }
    return this.commands as Connection;
  }
}

/** Bytes as the session reads them: all that is expected is ASCII, and a character that was cut holds nothing back. */
function outputStream(): Readable {
  return new Readable({ read() {} }).setEncoding("latin1");
}
