import { randomUUID } from "node:crypto";
import { Command } from "./command";
import { Fault } from "./faults";
import type { Program } from "./program";

export interface ShellSettings {
  readonly owner: string;
  readonly clientAddress: string;
  readonly idleTimeoutMs: number;
  readonly environment: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly processes: number;
}

/** A remote shell: it holds commands, and ends with them when nobody has asked for anything for its idle time. */
export class Shell {
  readonly id = randomUUID().toUpperCase();
  private readonly commands = new Map<string, Command>();
  private underWay = 0;
  private idle: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    readonly settings: ShellSettings,
    private readonly onIdle: (shell: Shell) => void,
  ) {
    this.restartClock();
  }

  /** Commands whose programs run. */
  get running(): Command[] {
    return [...this.commands.values()].filter((command) => command.isRunning);
  }

  /** Does what a request asks for; the shell does not idle meanwhile. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    this.underWay++;
    clearTimeout(this.idle);
    try {
      return await work();
    } finally {
      this.underWay--;
      this.restartClock();
    }
  }

  start(program: Program, wantedId: string | undefined): string {
    if (this.running.length >= this.settings.processes) throw new Fault("tooManyProcesses");
    const id = (wantedId ?? randomUUID()).toUpperCase();
    if (this.commands.has(id)) throw new Fault("wrongParameter", "There is such a command already.");
    this.commands.set(id, new Command(program, this.settings.environment, this.settings.folder));
    return id;
  }

  has(id: string): boolean {
    return this.commands.has(id.toUpperCase());
  }

  command(id: string): Command {
    const command = this.commands.get(id.toUpperCase());
    if (command === undefined) throw new Fault("noSuchCommand");
    return command;
  }

  /** It has told its end, or was terminated: nothing of it is known any more. */
  forget(id: string): void {
    this.commands.delete(id.toUpperCase());
  }

  /** Resolves when no process of it runs any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.idle);
    const commands = [...this.commands.values()];
    this.commands.clear();
    for (const command of commands) command.kill();
    await Promise.all(commands.map((command) => command.ended));
  }

  private restartClock(): void {
    clearTimeout(this.idle);
    if (this.underWay === 0 && !this.isClosed)
      this.idle = setTimeout(() => this.onIdle(this), Math.min(this.settings.idleTimeoutMs, 2 ** 31 - 1));
  }
}
