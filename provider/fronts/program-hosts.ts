import { askedOnce } from "../host/asked-once";
import type { Hosts } from "../lifecycle/door";
import { OpenHosts } from "./open-hosts";

/** The program in whose process hosts are asked, as far as that must know of it. */
export interface Program {
  /** Of two programs in one process each has its own. */
  readonly identity: object;
  /**
   * Settles when the engine has answered all that it was asked so far, and nobody keeps the program. Another promise as soon as it is asked
   * more, or somebody does.
   */
  engineAnswers(): Promise<unknown>;
  /** The program does not end before what is returned has been called. */
  keepAlive(): () => void;
}

/** How long a program that waits for nothing of the engine's may think before its sessions are closed. */
const LINGER_MS = 100;
/** Where nobody learns that it waits for nothing: a registration that has failed is never answered. */
const IDLE_LIMIT_MS = 30_000;
/** Longer than sessions need to end. */
const CLOSE_LIMIT_MS = 3000;

/**
 * The hosts that one program asks by itself, in previews and look-ups: one session a host, whoever asks. They are open while somebody asks,
 * and until the program waits for nothing more. Whoever asks after that opens them anew.
 */
export class ProgramHosts {
  private hosts = new OpenHosts(askedOnce);
  private asking = 0;
  private asked = 0;

  private constructor(private readonly program: Program) {}

  static of(program: Program): ProgramHosts {
    const known = programs.get(program.identity);
    if (known) return known;
    const hosts = new ProgramHosts(program);
    programs.set(program.identity, hosts);
    return hosts;
  }

  /** @param isLast nothing more is expected: if nobody else is asking, nothing stays open after it */
  async use<T>(work: (hosts: Hosts) => Promise<T>, { isLast = false } = {}): Promise<T> {
    this.asking++;
    this.asked++;
    closeAtProcessEnd(this);
    try {
      return await work(this.hosts);
    } finally {
      this.asking--;
      if (this.asking === 0) await this.closeAfter(isLast);
    }
  }

  /** Ends every session in bounded time. */
  async close(): Promise<void> {
    open.delete(this);
    const closing = this.hosts;
    // Who asks while these end must not be given a session that answers nobody any more.
    this.hosts = new OpenHosts(askedOnce);
    await within(CLOSE_LIMIT_MS, closing.close());
  }

  private async closeAfter(isLast: boolean): Promise<void> {
    if (isLast) await this.close();
    else void this.closeWhenQuiet();
  }

  /** The program is held all the while, so that it never ends before its sessions. */
  private async closeWhenQuiet(): Promise<void> {
    const { asked, program } = this;
    const isIdle = () => this.asked === asked && open.has(this);
    const limit = idleLimit();
    let release = () => {};
    try {
      while (isIdle()) {
        const before = program.engineAnswers();
        const next = program.keepAlive();
        const since = program.engineAnswers();
        release();
        release = next;
        const isQuiet = () => program.engineAnswers() === since;
        if (await Promise.race([before.then(() => true), limit.over])) {
          if (isQuiet()) await new Promise((resolve) => setTimeout(resolve, LINGER_MS));
          if (!isQuiet()) continue;
        }
        if (isIdle()) await this.close();
      }
    } finally {
      limit.stop();
      release();
    }
  }
}

const programs = new WeakMap<object, ProgramHosts>();
const open = new Set<ProgramHosts>();
let isWatched = false;

/** A session that stands by keeps no process from ending, so its end is the last moment to close it in good order. */
function closeAtProcessEnd(hosts: ProgramHosts): void {
  open.add(hosts);
  if (isWatched) return;
  isWatched = true;
  process.on("beforeExit", () => {
    for (const one of open) void one.close();
  });
}

/** Its timer keeps no process from ending. */
function idleLimit(): { readonly over: Promise<false>; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), IDLE_LIMIT_MS);
    timer.unref();
  });
  return { over, stop: () => clearTimeout(timer) };
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, limit]);
  clearTimeout(timer);
}
