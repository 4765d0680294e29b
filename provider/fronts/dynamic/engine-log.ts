import * as pulumi from "@pulumi/pulumi";

/** A row that changes more often cannot be read. */
const SHORTEST_INTERVAL_MS = 1000;
/** An engine that takes nothing in any more must not hold an answer back. */
const DELIVERY_LIMIT_MS = 1000;

let connected = false;

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
  private lastText = "";
  /** What ends within the first interval needs no live status. */
  private lastAt = performance.now();
  private readonly sending = new Set<Promise<void>>();

  constructor(
    private readonly urn: string,
    private readonly redact: (text: string) => string,
  ) {}

  /** Live status: replaces the one before and leaves nothing in the diagnostics. At most once a second. */
  progress(text: string): void {
    const now = performance.now();
    if (text === this.lastText || now - this.lastAt < SHORTEST_INTERVAL_MS) return;
    this.lastText = text;
    this.lastAt = now;
    this.send(pulumi.log.info, text, true);
  }

  /** The last live status stays on the finished row, so it says how things ended; what showed none before shows none now. */
  conclude(text: string): void {
    if (this.lastText !== "") this.progress(text);
  }

  /** Stays in the diagnostics. */
  warn(text: string): void {
    this.send(pulumi.log.warn, text, false);
  }

  /** Resolves when the engine has everything: it ends this process right after the last answer, and what is under way is lost. */
  async delivered(): Promise<void> {
    if (this.sending.size === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const limit = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, DELIVERY_LIMIT_MS);
    });
    await Promise.race([Promise.all(this.sending), limit]);
    clearTimeout(timer);
  }

  private send(log: typeof pulumi.log.info, text: string, ephemeral: boolean): void {
    if (!connect()) return;
    const resource = this.urn === "" ? undefined : { urn: pulumi.output(this.urn) };
    // The resource parameter is typed as a whole resource, of which only the URN is read; stream 0 keeps messages apart.
    const send = log as unknown as EphemeralLog;
    const sent = send(this.redact(text), resource, 0, ephemeral)
      .catch(() => {})
      .finally(() => this.sending.delete(sent));
    this.sending.add(sent);
  }
}
