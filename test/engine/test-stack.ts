import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as automation from "@pulumi/pulumi/automation";
import {
  CommandError,
  type ConfigMap,
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type PulumiFn,
  type Stack,
} from "@pulumi/pulumi/automation";
import { repository } from "../../tools/set-up/repository.mjs";
import { knownArguments, knownProperties } from "./known-properties";

/** What the engine did, or would do, to one resource. */
export interface Step {
  readonly op: string;
  readonly name: string;
  readonly type: string;
  readonly urn: string;
  /** Properties that the engine says have changed. */
  readonly diffs: readonly string[];
}

export interface Message {
  readonly text: string;
  readonly urn: string;
  readonly severity: string;
  readonly ephemeral: boolean;
  /** When it arrived here. */
  readonly at: number;
}

export interface Violation {
  readonly policy: string;
  readonly text: string;
  readonly level: string;
  readonly urn: string;
}

/** One command of the CLI that has ended. */
export interface Run {
  readonly ok: boolean;
  /** Everything that it printed. */
  readonly text: string;
  /** What it did to the resources of this package (and of the stack's other providers), without the stack itself. */
  readonly steps: readonly Step[];
  /** Every message of the event stream, ephemeral ones included. */
  readonly messages: readonly Message[];
  /** What policy packs have found. */
  readonly violations: readonly Violation[];
  /** Milliseconds from the engine's last word until the command had ended: what the processes take to go. */
  readonly msToEnd: number;
}

export interface StackResource {
  readonly urn: string;
  readonly id: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
  readonly initErrors?: readonly string[];
}

type UpOptions = Pick<automation.UpOptions, "target" | "replace" | "refresh" | "diff" | "signal" | "policyPacks">;

interface Options {
  readonly scratch: string;
  readonly name: string;
  readonly config?: ConfigMap;
}

export const PROJECT = "engine";

/** A stack of the real CLI over a local backend, with the program in this process. Nothing of the user's own Pulumi is touched. */
export class TestStack {
  private constructor(
    private readonly stack: Stack,
    private readonly backend: string,
  ) {}

  static async create({ scratch, name, config }: Options): Promise<TestStack> {
    const backend = join(scratch, "backend");
    // Without one the SDK makes one in the system's temporary folder and leaves it there.
    const workDir = join(scratch, "workspaces", name);
    for (const folder of [backend, workDir]) mkdirSync(folder, { recursive: true });
    const stack = await LocalWorkspace.createStack(
      { stackName: name, projectName: PROJECT, program: async () => {} },
      {
        workDir,
        pulumiCommand: await pulumiCommand(),
        pulumiHome: join(scratch, "pulumi-home"),
        // The provider's process runs in the folder of main: the repository, where the package resolves by its own name.
        projectSettings: { name: PROJECT, runtime: "nodejs", main: repository, backend: { url: pathToFileURL(backend).href } },
        envVars: { PULUMI_CONFIG_PASSPHRASE: "scratch", PULUMI_SKIP_UPDATE_CHECK: "true" },
      },
    );
    if (config) await stack.setAllConfig(config);
    // After each command the SDK asks the CLI for the outputs, with and without secrets, and for the history: as dear as the command.
    Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
    return new TestStack(stack, backend);
  }

  get name(): string {
    return this.stack.name;
  }

  up(program: PulumiFn, options: UpOptions = {}): Promise<Run> {
    return this.run((onEvent, onOutput) => this.stack.up({ program, onEvent, onOutput, color: "never", ...options }));
  }

  preview(program: PulumiFn, options: Pick<automation.PreviewOptions, "diff" | "refresh" | "policyPacks"> = {}): Promise<Run> {
    return this.run((onEvent, onOutput) => this.stack.preview({ program, onEvent, onOutput, color: "never", ...options }));
  }

  refresh(options: { readonly expectNoChanges?: boolean } = {}): Promise<Run> {
    return this.run((onEvent, onOutput) => this.stack.refresh({ onEvent, onOutput, color: "never", ...options }));
  }

  destroy(options: Pick<automation.DestroyOptions, "target" | "runProgram"> = {}): Promise<Run> {
    return this.run((onEvent, onOutput) => this.stack.destroy({ onEvent, onOutput, color: "never", ...options }));
  }

  async rename(stackName: string): Promise<void> {
    await this.stack.rename({ stackName });
  }

  /** `pulumi state rename`, which the SDK does not have. */
  renameResource(urn: string, name: string): void {
    const { status, stderr } = this.command("state", "rename", urn, name, "--yes");
    if (status !== 0) throw new Error(`The resource was not renamed: ${stderr}`);
  }

  /** A command of the CLI that needs no program, and the code that it ends with. */
  command(...commandArguments: string[]): SpawnSyncReturns<string> {
    const { workDir, envVars, pulumiHome } = this.stack.workspace;
    const env = { ...process.env, ...envVars, PULUMI_HOME: pulumiHome };
    return spawnSync(pulumiFile(), [...commandArguments, "--stack", this.name, "--non-interactive"], {
      cwd: workDir,
      env,
      encoding: "utf8",
    });
  }

  /** The outputs of the program, secrets in plain. */
  async outputs(): Promise<Record<string, unknown>> {
    return Object.fromEntries(Object.entries(await this.stack.workspace.stackOutputs(this.name)).map(([name, { value }]) => [name, value]));
  }

  /** The resources of the state, as they lie on disk: secrets encrypted. */
  keptResources(): StackResource[] {
    const { checkpoint } = JSON.parse(this.stateText()) as { checkpoint: { latest?: { resources?: StackResource[] } } };
    return (checkpoint.latest?.resources ?? []).filter(({ type }) => type.startsWith("pulumi-nodejs:"));
  }

  /** The same, with properties as the lifecycle calls them. */
  resources(): StackResource[] {
    return this.keptResources().map(({ inputs, outputs, ...rest }) => ({
      ...rest,
      inputs: knownArguments(inputs, rest.type),
      outputs: knownProperties(rest.id, outputs, rest.type),
    }));
  }

  resource(name = "export"): StackResource {
    const found = this.resources().find(({ urn }) => urn.endsWith(`::${name}`));
    if (found === undefined) throw new Error(`The state holds no resource ${name}.`);
    return found;
  }

  setConfig(name: string, value: string, secret = false): Promise<void> {
    return this.stack.setConfig(name, { value, secret });
  }

  /** Edits the state as a person would: export, change, import. */
  async edit(change: (text: string) => string): Promise<void> {
    const deployment = await this.stack.exportStack();
    await this.stack.importStack(JSON.parse(change(JSON.stringify(deployment, undefined, 1))));
  }

  /** The state file's text. */
  stateText(): string {
    return readFileSync(join(this.backend, ".pulumi", "stacks", PROJECT, `${this.name}.json`), "utf8");
  }

  private async run(command: (onEvent: (event: EngineEvent) => void, onOutput: (text: string) => void) => Promise<unknown>): Promise<Run> {
    const events: { event: EngineEvent; at: number }[] = [];
    let text = "";
    const onEvent = (event: EngineEvent) => events.push({ event, at: Date.now() });
    const onOutput = (piece: string) => {
      text += piece;
    };
    let ok = true;
    try {
      await command(onEvent, onOutput);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      ok = false;
      // Holds both streams; a preview's errors come by the second one only.
      text = error.message;
    }
    const summary = events.filter(({ event }) => event.summaryEvent !== undefined).at(-1);
    const msToEnd = summary === undefined ? 0 : Date.now() - summary.at;
    return {
      ok,
      text,
      msToEnd,
      steps: events.flatMap(({ event }) => stepsOf(event)),
      messages: events.flatMap(({ event, at }) => messagesOf(event, at)),
      violations: events.flatMap(({ event }) => violationsOf(event)),
    };
  }
}

let command: Promise<PulumiCommand> | undefined;

function pulumiCommand(): Promise<PulumiCommand> {
  // Its root is the folder above bin.
  command ??= PulumiCommand.get({ root: join(pulumiFile(), "..", ".."), skipVersionCheck: true });
  return command;
}

function pulumiFile(): string {
  const file = process.env.HYPERV_TEST_PULUMI;
  if (file === undefined) throw new Error("HYPERV_TEST_PULUMI is not set: run the tests with vitest.config.mts, which sets it.");
  return file;
}

function stepsOf({ resourcePreEvent }: EngineEvent): Step[] {
  if (resourcePreEvent === undefined) return [];
  const { op, urn, type, diffs } = resourcePreEvent.metadata;
  if (!type.startsWith("pulumi-nodejs:")) return [];
  return [{ op, urn, type, name: urn.split("::").at(-1) ?? "", diffs: diffs ?? [] }];
}

function messagesOf({ diagnosticEvent }: EngineEvent, at: number): Message[] {
  if (diagnosticEvent === undefined) return [];
  const { message, urn = "", severity, ephemeral = false } = diagnosticEvent;
  if ((severity as string) === "debug") return [];
  return [{ text: withoutColours(message), urn, severity, ephemeral, at }];
}

function violationsOf({ policyEvent }: EngineEvent): Violation[] {
  if (policyEvent === undefined) return [];
  const { policyName, message, enforcementLevel, resourceUrn = "" } = policyEvent;
  return [{ policy: policyName, text: withoutColours(message), level: enforcementLevel, urn: resourceUrn }];
}

function withoutColours(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "").trim();
}

/** "create", "update", ...: what was done to a resource; "none" when it was not in the plan. */
export function opOf(run: Run, name = "export"): string {
  return (
    run.steps
      .filter((step) => step.name === name)
      .map(({ op }) => op)
      .join(", ") || "none"
  );
}
