import { Transform } from "node:stream";
import type { ShellEnd, ShellPipe, Transport } from "../../provider/host/powershell/transports/transport";

/** How much of what a shell says next is still heard before it is killed. */
export type LastWords = "nothing" | "half";

/** A transport whose latest shell can be killed at a moment of a request. */
export class WatchedShells implements Transport {
  readonly description: string;
  readonly connectMs: number;
  private latest: ShellPipe | undefined;
  private lastWords: LastWords | undefined;

  /** @param environment what the shells find in it beside this process's own: scenes that are played side by side have different hosts */
  constructor(
    private readonly transport: Transport,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    this.description = transport.description;
    this.connectMs = transport.connectMs;
  }

  async open(): Promise<ShellPipe> {
    const pipe = await this.inEnvironment(() => this.transport.open());
    this.latest = pipe;
    this.lastWords = undefined;
    const output = new Transform({
      decodeStrings: false,
      encoding: "latin1",
      transform: (chunk: string, _, done) => done(null, this.heard(pipe, chunk)),
    });
    return { ...pipe, output: pipe.output.pipe(output) };
  }

  explain(end: ShellEnd, said: string) {
    return this.transport.explain(end, said);
  }

  /** SIGKILL. */
  kill(): void {
    this.latest?.kill();
  }

  /** Kills the shell when it answers: the host has done what was asked. */
  killAtAnswer(heard: LastWords): void {
    this.lastWords = heard;
  }

  private heard(pipe: ShellPipe, chunk: string): string {
    if (this.lastWords === undefined || pipe !== this.latest) return chunk;
    const heard = this.lastWords === "half" ? chunk.slice(0, chunk.length >> 1) : "";
    this.lastWords = undefined;
    pipe.kill();
    return heard;
  }

  /** A local transport takes this process's environment when it starts the shell, which it has done before it returns. */
  private inEnvironment<T>(start: () => T): T {
    const before = { ...process.env };
    Object.assign(process.env, this.environment);
    try {
      return start();
    } finally {
      for (const name of Object.keys(this.environment)) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  }
}
