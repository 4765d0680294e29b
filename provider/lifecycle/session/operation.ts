import { ExportError } from "../../domain/errors/export-error";
import { type PathRules, pathRules } from "../../domain/paths/path-rules";
import { formatDuration } from "../../domain/values/duration";
import type { BatchedHost } from "./batched-host";
import type { Clock } from "./clock";
import { explain, isFileInUse, isPassingFailure } from "./host-failure";

/** How often a broken connection is tried again before an operation gives up; about 6 s with the back-off below. */
const CONNECTION_TRIES = 5;
/** How often a file that another program has open is tried again: about 12 s, beyond the few that the host waits each time. */
const FILE_TRIES = 7;
const FIRST_BACK_OFF_MS = 200;
const LONGEST_BACK_OFF_MS = 30_000;
/** A longer timer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What an operation whose time is over tells to do. A refresh and a preview have no timeout of their own to raise. */
const slowRemedies = {
  "timeouts.create": "Raise timeouts.create if the host is only slow, and run the command again.",
  "timeouts.delete":
    "Run the command again: it goes on where this one stopped. To raise timeouts.delete, run pulumi up first while the resource is still in the program: a delete goes by what the last up stored.",
  "the limit of a refresh":
    'Set verification to { level: "content", portion: "1/7" }, or a smaller part, with a pulumi up, so that each refresh from then on reads less.',
  timeout: "Raise timeout if the host is only slow, and run the command again.",
  "the limit of a command": "Name fewer directories, or read a smaller --portion, and run the command again.",
  "the limit of a probe": "Run hyperv-export probe --clean, and probe again when the host is less busy.",
  "the limit of a step": "Give it longer with --step-timeout if the host is only slow.",
  "the limit of a preview": "Run the preview again when the host is less busy. An up waits longer, for timeouts.create.",
} as const;

/** What bounds an operation. */
export type LimitName = keyof typeof slowRemedies;

export interface Surroundings {
  readonly host: BatchedHost;
  /** The host as errors name it. */
  readonly hostName: string;
  readonly clock: Clock;
  /** Live status of the resource's own row; nothing of it stays. */
  readonly progress: (text: string) => void;
  /** A warning that stays in the diagnostics. */
  readonly warn: (text: string) => void;
  /** What has been done, for the last word of the resource's row: "repaired", "adopted the running job". */
  readonly did?: (text: string) => void;
  readonly newExportId: () => string;
  /** How often a broken connection is tried before an operation gives up, where it is not the usual number. */
  readonly connectionTries?: number;
  /** How often long work is looked at, at least, where a look costs next to nothing: milliseconds. */
  readonly longestLook?: number;
}

/** One create, read, update or delete under way: its host, its time limit, and how it speaks. */
export class Operation {
  readonly host: BatchedHost;
  readonly clock: Clock;
  readonly deadline: number;
  /** Tells this operation apart from every other, of whatever process. */
  readonly run: string;

  constructor(
    readonly surroundings: Surroundings,
    /** Milliseconds that the whole operation may take. */
    readonly timeLimit: number,
    private readonly limitName: LimitName,
    run?: string,
  ) {
    this.host = surroundings.host;
    this.clock = surroundings.clock;
    this.deadline = this.clock.now() + timeLimit;
    this.run = run ?? surroundings.newExportId();
  }

  progress(text: string): void {
    this.surroundings.progress(text);
  }

  /** Notes what has been done, for the end. */
  did(text: string): void {
    this.surroundings.did?.(text);
  }

  warn(text: string): void {
    this.surroundings.warn(text);
  }

  /** The rules that the host's paths follow. */
  get paths(): PathRules {
    return pathRules(this.host.pathStyle);
  }

  /** Now, ISO 8601. */
  timestamp(): string {
    return new Date(this.clock.date()).toISOString();
  }

  remaining(): number {
    return this.deadline - this.clock.now();
  }

  isOver(): boolean {
    return this.remaining() <= 0;
  }

  /** The same operation with at least so many milliseconds: for what has to be put in order after its own time is over. */
  extended(milliseconds: number): Operation {
    return new Operation(this.surroundings, Math.max(this.remaining(), milliseconds), this.limitName, this.run);
  }

  /** The same operation with at most so many milliseconds: for what nobody is to wait for long. */
  limited(milliseconds: number): Operation {
    return new Operation(this.surroundings, Math.min(Math.max(this.remaining(), 0), milliseconds), this.limitName, this.run);
  }

  timedOut(step: string, subject: string): ExportError {
    const reason = `it took longer than ${this.limitName} = ${formatDuration(this.timeLimit)}`;
    const remedy = slowRemedies[this.limitName];
    return new ExportError("timed-out", { step, subject, reason, remedy });
  }

  /**
   * Asks the host for something that is harmless to ask twice. A broken connection and a file that another program has open are tried
   * again with back-off, a host that never answers ends at the time limit, and every other failure says what failed and on what.
   */
  async ask<T>(step: string, subject: string, call: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await this.withinTime(step, subject, call());
      } catch (error) {
        const why = this.whyAgain(error, tried);
        if (why === undefined) throw explain(error, step, subject);
        await this.backOff(tried, why);
      }
    }
  }

  /** Why something that is harmless to ask twice is asked again after it has failed so many times; undefined where it is not. */
  whyAgain(error: unknown, tried: number): string | undefined {
    if (this.isOver()) return undefined;
    if (isFileInUse(error)) return tried < FILE_TRIES ? "another program has a file open" : undefined;
    const { connectionTries = CONNECTION_TRIES } = this.surroundings;
    return isPassingFailure(error) && tried < connectionTries ? `${this.surroundings.hostName} does not answer` : undefined;
  }

  /** What the host's machine calls itself; undefined where the way to it is all there is to tell it by. */
  machineId(): Promise<string | undefined> {
    return this.ask("tell which machine the host is", this.surroundings.hostName, () => this.host.machineId());
  }

  /** Waits before try number `tried` + 1: exponential with jitter, never past the time limit. */
  async backOff(tried: number, why: string): Promise<void> {
    const longest = Math.min(FIRST_BACK_OFF_MS * 2 ** (tried - 1), LONGEST_BACK_OFF_MS);
    const wait = Math.min(longest * (0.5 + this.clock.random() / 2), Math.max(this.remaining(), 0));
    this.progress(`${why}; trying again in ${formatDuration(Math.max(Math.round(wait / 100) * 100, 100))}`);
    await this.clock.sleep(wait);
  }

  /** Gives a call up at the time limit: a host that hangs must not hang the operation. */
  async withinTime<T>(step: string, subject: string, answer: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.timedOut(step, subject)), Math.min(Math.max(this.remaining(), 0), LONGEST_TIMER_MS));
    });
    try {
      return await Promise.race([answer, limit]);
    } finally {
      clearTimeout(timer);
      answer.catch(() => {});
    }
  }
}
