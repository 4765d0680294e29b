import * as net from "node:net";

/** A way through TCP on which somebody listens in. */
export class CapturedLine {
  /** All bytes of both directions, by connection. */
  readonly pieces: Buffer[] = [];
  private readonly sockets = new Set<net.Socket>();

  private constructor(private readonly server: net.Server) {}

  static async open(targetPort: number): Promise<CapturedLine> {
    const server = net.createServer((client) => {
      const host = net.connect(targetPort, "127.0.0.1");
      for (const [from, to] of [
        [client, host],
        [host, client],
      ] as const) {
        line.sockets.add(from);
        from.on("data", (data) => line.pieces.push(data));
        from.on("error", () => {});
        from.once("close", () => to.destroy());
        from.pipe(to);
      }
    });
    const line = new CapturedLine(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  /** Byte by byte as a character. */
  get text(): string {
    return Buffer.concat(this.pieces).toString("latin1");
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
