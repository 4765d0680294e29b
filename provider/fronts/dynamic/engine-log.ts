import * as pulumi from "@pulumi/pulumi";

/** A row that changes more often cannot be read. */
const SHORTEST_INTERVAL_MS = 1000;
/** An engine that takes nothing in any more must not hold an answer back. */
const DELIVERY_LIMIT_MS = 1000;

let connected = false;

/** Set with the first Ctrl-C, which waits for what runs. */
let isCancelled = false;
const open = new Set<ResourceLog>();

/** From now on every row whose operation is under way says that it is waited for, and what another Ctrl-C does. */
export function sayCancelled(): void {
  if (isCancelled) return;
  isCancelled = true;
  for (const log of open) log.repeat();
}

/**
 * The dynamic-provider process is not connected to the engine's log by itself: without this, pulumi.log prints to standard output,
 * which becomes a permanent message of the stack. The engine's address is the process's last argument.
 */
function connect(): boolean {
  const address = process.argv.at(-1) ?? "";
  if (!connected && /^[^/\\]+:\d+$/.test(address)) {
    pulumi.runtime.resetOptions(pulumi.getProject(), "", 1, address, "", false, "");
    connected = true;
  }
  return connected;
}

type EphemeralLog = (
  text: string,
  resource: { urn: pulumi.Output<string> } | undefined,
  streamId: number,
  ephemeral: boolean,
) => Promise<void>;

/** Speaks to the engine on one resource's own row. An empty URN is the stack's row. */
export class ResourceLog {
  /** What was said last, shown or not: nothing is shown more often than once a second. */
  private latest = "";
  private lastShown: string | undefined;
  /** What ends within the first interval needs no live status. */
  private lastAt = performance.now();
  /** One message after the other: they must arrive in the order in which they were said. */
  private sending: Promise<void> | undefined;

  /** @param whenStopped what becomes of the work if a second Ctrl-C ends it */
  constructor(
    private readonly urn: string,
    private readonly redact: (text: string) => string,
    private readonly whenStopped: string,
  ) {
    open.add(this);
  }

  /** Live status: replaces the one before and leaves nothing in the diagnostics. At most once a second. */
  progress(text: string): void {
    this.latest = text;
    const now = performance.now();
    if (text === this.lastShown || now - this.lastAt < SHORTEST_INTERVAL_MS) return;
    this.show(text);
  }

  /** Says again what is being done, after the first Ctrl-C. */
  repeat(): void {
    this.show(this.latest);
  }

  /** The last live status stays on the finished row, so it says how things ended. */
  conclude(text: string): void {
    open.delete(this);
    this.send(pulumi.log.info, text, true);
  }

  /** The same where a live status was shown: what showed none need not be corrected. */
  concludeIfShown(text: string): void {
    if (this.lastShown !== undefined) this.conclude(text);
  }

  /** Stays in the diagnostics. */
  warn(text: string): void {
    this.send(pulumi.log.warn, text, false);
  }

  /** Resolves when the engine has everything: it ends this process right after the last answer, and what is under way is lost. */
  async delivered(): Promise<void> {
    open.delete(this);
    if (this.sending === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DELIVERY_LIMIT_MS);
    });
    await Promise.race([this.sending, limit]);
    clearTimeout(timer);
  }

  private show(text: string): void {
    this.lastShown = text;
    this.lastAt = performance.now();
    const waiting = `waits for this to end; a second Ctrl-C ends the run now, and ${this.whenStopped}`;
    this.send(pulumi.log.info, isCancelled ? `Ctrl-C ${waiting}${text === "" ? "" : `: ${text}`}` : text, true);
  }

  private send(log: typeof pulumi.log.info, text: string, ephemeral: boolean): void {
    if (!connect()) return;
    const resource = this.urn === "" ? undefined : { urn: pulumi.output(this.urn) };
    // The resource parameter is typed as a whole resource, of which only the URN is read; stream 0 keeps messages apart.
    const send = log as unknown as EphemeralLog;
    const before = this.sending ?? Promise.resolve();
    this.sending = before.then(() => send(this.redact(text), resource, 0, ephemeral)).catch(() => {});
  }
}
