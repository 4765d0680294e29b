import type { createRequire } from "node:module";

/** One message that the provider sent to the engine's log. */
export interface Logged {
  readonly text: string;
  readonly urn: string;
  readonly ephemeral: boolean;
  readonly at: number;
}

/** As much of the engine as a provider process speaks to: its log. */
export class FakeEngine {
  readonly logged: Logged[] = [];

  private constructor(
    readonly address: string,
    private readonly stop: () => void,
  ) {}

  static async start(sdk: ReturnType<typeof createRequire>, address = "127.0.0.1:0"): Promise<FakeEngine> {
    const grpc = sdk("@grpc/grpc-js");
    const { EngineService } = sdk("./proto/engine_grpc_pb.js");
    const { Empty } = sdk("google-protobuf/google/protobuf/empty_pb.js");
    const server = new grpc.Server();
    let engine: FakeEngine | undefined;
    server.addService(EngineService, {
      log({ request }: { request: LogRequest }, answer: (error: null, value: unknown) => void) {
        engine?.logged.push({ text: request.getMessage(), urn: request.getUrn(), ephemeral: request.getEphemeral(), at: Date.now() });
        answer(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
        error ? reject(error) : resolve(bound),
      );
    });
    engine = new FakeEngine(`127.0.0.1:${port}`, () => server.forceShutdown());
    return engine;
  }

  close(): void {
    this.stop();
  }
}

interface LogRequest {
  getMessage(): string;
  getUrn(): string;
  getEphemeral(): boolean;
}
