import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { referencePointExportText } from "../../provider/resources/provider-text";
import { repository } from "../../tools/set-up/repository.mjs";
import { FakeEngine, type Logged } from "./fake-engine";
import { knownProperties } from "./known-properties";

// The SDK's own copies: they are its dependencies, not this package's.
const sdk = createRequire(join(repository, "node_modules", "@pulumi", "pulumi", "package.json"));
const grpc = sdk("@grpc/grpc-js");
const { ResourceProviderClient } = sdk("./proto/provider_grpc_pb.js");
const messages = sdk("./proto/provider_pb.js");
const { Status } = sdk("./proto/status_pb.js");
const { Struct } = sdk("google-protobuf/google/protobuf/struct_pb.js");

export type Properties = Record<string, unknown>;

/** A call that the provider answered with an error. A partial create or update carries what exists of the resource. */
export class ProviderFailure extends Error {
  constructor(
    message: string,
    readonly partial?: { readonly id: string; readonly properties: Properties; readonly reasons: readonly string[] },
  ) {
    super(message);
  }
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds from the request to end until the end. */
  readonly ms: number;
}

/**
 * The dynamic-provider process as the engine starts it, spoken to over gRPC as the engine does, without the engine: a call takes a
 * few milliseconds. Properties go in as plain values; `__provider` is added. What the engine keeps comes out under the names of the
 * lifecycle, which the provider understands as well. Made for tests of many steps.
 */
export class ProviderProcess {
  /** What the process printed on standard error. */
  stderr = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly client: Record<string, (...args: unknown[]) => void> & { close(): void },
    private readonly engine: FakeEngine,
  ) {
    child.stderr?.on("data", (piece) => {
      this.stderr += piece;
    });
  }

  static async start({ env = {} }: { readonly env?: NodeJS.ProcessEnv } = {}): Promise<ProviderProcess> {
    const engine = await FakeEngine.start(sdk);
    const main = sdk.resolve("./cmd/dynamic-provider");
    const child = spawn(process.execPath, [main, engine.address], { cwd: repository, env: { ...process.env, ...env }, stdio: "pipe" });
    const port = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`The provider process ended with ${code} before it said its port.`)));
      child.stdout?.once("data", (piece) => resolve(String(piece).trim()));
    });
    return new ProviderProcess(child, new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure()), engine);
  }

  /** What the provider said to the engine's log so far. */
  get log(): readonly Logged[] {
    return this.engine.logged;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async check(news: Properties, olds: Properties = {}): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
    const request = new messages.CheckRequest();
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await this.call<CheckAnswer>("check", request);
    const failures = answer.getFailuresList().map((one) => ({
      property: one.getProperty(),
      reason: one.getReason(),
    }));
    return { inputs: plain(answer.getInputs(), ""), failures };
  }

  async diff(
    id: string,
    olds: Properties,
    news: Properties,
  ): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace: boolean }> {
    const request = new messages.DiffRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await this.call<DiffAnswer>("diff", request);
    return {
      changes: answer.getChanges() === messages.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: answer.getReplacesList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
    };
  }

  async create(news: Properties): Promise<{ id: string; properties: Properties }> {
    const request = new messages.CreateRequest();
    request.setProperties(struct(news));
    const answer = await this.call<ResourceAnswer>("create", request);
    return { id: answer.getId(), properties: plain(answer.getProperties(), answer.getId()) };
  }

  /** Undefined when the resource is gone. `inputs` are what a refresh puts in the place of the resource's own. */
  async read(id: string, properties: Properties): Promise<{ properties: Properties; inputs: Properties | undefined } | undefined> {
    const request = new messages.ReadRequest();
    request.setId(id);
    request.setProperties(struct(properties));
    const answer = await this.call<ReadAnswer>("read", request);
    if (answer.getId() === "") return undefined;
    const inputs = answer.getInputs();
    return { properties: plain(answer.getProperties(), id), inputs: inputs && plain(inputs, id) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<Properties> {
    const request = new messages.UpdateRequest();
    request.setId(id);
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    return plain((await this.call<UpdateAnswer>("update", request)).getProperties(), id);
  }

  async delete(id: string, properties: Properties): Promise<void> {
    const request = new messages.DeleteRequest();
    request.setId(id);
    request.setProperties(struct(properties));
    await this.call("delete", request);
  }

  /** Asks the process to end: as the engine does at the end of an operation, or as a killed engine's closed pipe does. */
  async end(how: "SIGINT" | "SIGTERM" | "stdin" = "SIGINT"): Promise<Ended> {
    const ended = new Promise<Ended>((resolve) => {
      const asked = Date.now();
      this.child.once("exit", (code, signal) => resolve({ code, signal, ms: Date.now() - asked }));
    });
    if (how === "stdin") this.child.stdin?.end();
    else this.child.kill(how);
    const result = await ended;
    this.close();
    return result;
  }

  /** As a power cut: no handler of the process runs. */
  async kill(): Promise<void> {
    if (this.isRunning) {
      const ended = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGKILL");
      await ended;
    }
    this.close();
  }

  private close(): void {
    this.client.close();
    this.engine.close();
  }

  private call<T>(method: string, request: unknown): Promise<T> {
    return new Promise((resolve, reject) => {
      this.client[method]?.(request, (error: GrpcError | null, answer: T) => {
        if (error === null) resolve(answer);
        else reject(failureOf(error));
      });
    });
  }
}

// Of the SDK's messages what is read here; its declarations cannot be loaded from inside it.
interface StructMessage {
  toJavaScript(): Properties;
}
interface CheckAnswer {
  getInputs(): StructMessage;
  getFailuresList(): { getProperty(): string; getReason(): string }[];
}
interface DiffAnswer {
  getChanges(): number;
  getReplacesList(): string[];
  getDeletebeforereplace(): boolean;
}
interface UpdateAnswer {
  getProperties(): StructMessage;
}
interface ResourceAnswer extends UpdateAnswer {
  getId(): string;
}
interface ReadAnswer extends ResourceAnswer {
  getInputs(): StructMessage | undefined;
}

interface GrpcError {
  readonly details?: string;
  readonly message: string;
  readonly metadata?: { get(name: string): unknown[] };
}

function failureOf(error: GrpcError): ProviderFailure {
  const [packed] = error.metadata?.get("grpc-status-details-bin") ?? [];
  const text = error.details || error.message;
  if (packed === undefined) return new ProviderFailure(text);
  const [any] = Status.deserializeBinary(packed).getDetailsList();
  const detail = messages.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  const properties = plain(detail.getProperties(), detail.getId());
  return new ProviderFailure(text, { id: detail.getId(), properties, reasons: detail.getReasonsList() });
}

function struct(properties: Properties): unknown {
  return Struct.fromJavaScript({ __provider: referencePointExportText, ...properties });
}

/** Without `__provider`, which every answer repeats, and without the marks of secrets, which the engine takes off before it asks again. */
function plain(value: StructMessage, id: string): Properties {
  const { __provider: _, ...rest } = value.toJavaScript();
  return knownProperties(id, unmarked(rest) as Properties);
}

function unmarked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmarked);
  if (typeof value !== "object" || value === null) return value;
  const { "4dabf18193072939515e22adb298388d": mark, value: secret } = value as Properties;
  if (mark === "1b47061264138c4ac30d75fd1eb44270") return secret;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unmarked(inner)]));
}
