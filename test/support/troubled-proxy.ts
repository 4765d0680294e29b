import * as net from "node:net";

export type Direction = "toHost" | "fromHost";

/** What becomes of a connection: RST, FIN, no byte more while both ends stay open, or a pause after which everything goes on. */
export type TroubleKind = "reset" | "close" | "stall" | "delay";

export interface Trouble {
  readonly kind: TroubleKind;
  /** The direction whose bytes are counted; the trouble itself meets both. */
  readonly direction: Direction;
  /** It comes right after so many bytes, counted from the moment at which it was set. */
  readonly afterBytes: number;
  /** Nobody gets through afterwards either, until something else is set. */
  readonly outage?: boolean;
}

export interface PassedBytes {
  readonly toHost: number;
  readonly fromHost: number;
}

const DELAY_MS = 400;

/** The trouble that comes within a piece, and how much of the piece passes before it. */
interface Strike {
  readonly kind: TroubleKind;
  readonly bytes: number;
}

/** A way through TCP that a test steers. A trouble meets one connection, once; those after it are good ones, unless it is an outage. */
export class TroubledProxy {
  private readonly links = new Set<Link>();
  private readonly server: net.Server;
  private trouble: Trouble | undefined;
  private isOut = false;
  private count: Record<Direction, number> = { toHost: 0, fromHost: 0 };

  private constructor(targetPort: number) {
    this.server = net.createServer({ allowHalfOpen: true }, (client) => {
      if (this.isOut) {
        client.resetAndDestroy();
        return;
      }
      const link = new Link(client, targetPort, (direction, chunk) => this.split(direction, chunk));
      this.links.add(link);
      link.over.then(() => this.links.delete(link));
    });
  }

  static async open(targetPort: number): Promise<TroubledProxy> {
    const proxy = new TroubledProxy(targetPort);
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  /** Whether a trouble is set and has not come yet. */
  get isAhead(): boolean {
    return this.trouble !== undefined;
  }

  /** Bytes since the counting began anew. */
  get passed(): PassedBytes {
    return { ...this.count };
  }

  /** Counts anew, and has a trouble come at a byte from now on; none takes back one that has not come. */
  set(trouble?: Trouble): void {
    this.count = { toHost: 0, fromHost: 0 };
    this.trouble = trouble;
    this.isOut = false;
  }

  /** Lets go of what is stalled, as the keep-alive of a host does in the end. */
  release(): void {
    for (const link of this.links) if (link.isStalled) link.destroy();
  }

  async close(): Promise<void> {
    for (const link of this.links) link.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private split(direction: Direction, chunk: Buffer): Strike | undefined {
    const before = this.count[direction];
    this.count[direction] += chunk.length;
    const { trouble } = this;
    if (trouble?.direction !== direction || this.count[direction] < trouble.afterBytes) return undefined;
    this.trouble = undefined;
    this.isOut = trouble.outage === true;
    return { bytes: Math.max(trouble.afterBytes - before, 0), kind: trouble.kind };
  }
}

/** A client, and its own connection to the host. */
class Link {
  readonly over: Promise<void>;
  isStalled = false;
  private readonly ends: Readonly<Record<Direction, net.Socket>>;

  constructor(
    client: net.Socket,
    targetPort: number,
    private readonly strikeIn: (direction: Direction, chunk: Buffer) => Strike | undefined,
  ) {
    const host = net.connect({ port: targetPort, host: "127.0.0.1", allowHalfOpen: true });
    // By the direction in which they read.
    this.ends = { toHost: client, fromHost: host };
    for (const end of [client, host]) {
      end.setNoDelay(true);
      end.on("error", () => {});
      // Behind a stall, neither side hears of the other's end.
      end.on("close", () => {
        if (!this.isStalled) this.destroy();
      });
    }
    this.forward("toHost", host);
    this.forward("fromHost", client);
    this.over = Promise.all([client, host].map((end) => new Promise((resolve) => end.once("close", resolve)))).then(() => {});
  }

  destroy(): void {
    for (const end of Object.values(this.ends)) end.destroy();
  }

  private forward(direction: Direction, to: net.Socket): void {
    const from = this.ends[direction];
    from.on("data", (chunk: Buffer) => {
      // What had been read before a stall or an end.
      if (this.isStalled || to.writableEnded) return;
      const strike = this.strikeIn(direction, chunk);
      if (strike === undefined) {
        if (!to.write(chunk)) this.holdUntilDrained(from, to);
        return;
      }
      for (const end of Object.values(this.ends)) end.pause();
      const rest = chunk.subarray(strike.bytes);
      to.write(chunk.subarray(0, strike.bytes), () => this.strike(strike.kind, () => to.write(rest)));
    });
    from.on("end", () => {
      if (!this.isStalled) to.end();
    });
  }

  private holdUntilDrained(from: net.Socket, to: net.Socket): void {
    from.pause();
    to.once("drain", () => {
      if (!this.isStalled) from.resume();
    });
  }

  private strike(kind: TroubleKind, passRest: () => void): void {
    const ends = Object.values(this.ends);
    switch (kind) {
      case "reset":
        for (const end of ends) end.resetAndDestroy();
        return;
      case "close":
        for (const end of ends) end.end().resume();
        return;
      case "stall":
        this.isStalled = true;
        return;
      case "delay":
        setTimeout(() => {
          if (ends.some((end) => end.destroyed)) return;
          passRest();
          for (const end of ends) end.resume();
        }, DELAY_MS);
    }
  }
}
