import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { endAll, type Process, processesWith } from "./processes";
import { openWay, type Way, type WayName } from "./ways";

const sunday = "5A010000-0000-4000-8000-000000000001";
const monday = "5A010000-0000-4000-8000-000000000002";
const web = "3EB01000-0000-4000-8000-000000000001";

/** What the stack declares: a full export, a differential one on top of it, one of another machine. */
export const declared = [
  { name: "full", machine: "SQL01", point: sunday, chain: ["full"] },
  { name: "differential", machine: "SQL01", point: monday, base: sunday, chain: ["full", "differential"] },
  { name: "web", machine: "WEB01", point: web, chain: ["web"] },
] as const;

const programOn = (host: string) => `
const { Host, ReferencePointExport } = require("pulumi-hyperv-reference-point");
const host = ${host};
for (const { name, machine, point, base } of ${JSON.stringify(declared)})
  new ReferencePointExport(name, { host, virtualMachine: machine, referencePoint: point, baseReferencePoint: base, exportDirectory: process.env.NIGHT_EXPORTS + "/" + name });
`;

/** A stack of the real CLI in folders of its own, with a lab whose jobs take about a second. */
export class NightlyStack {
  private constructor(
    readonly lab: Simulator,
    readonly exports: string,
    private readonly name: string,
    private readonly scratch: string,
    private readonly project: string,
    private readonly local: ReturnType<typeof localStack>,
    private readonly cliPath: string,
    private readonly way: Way,
  ) {}

  /**
   * @param other another stack, on whose host this one exports too; `sameDirectories`: to the very same directories
   * @param options.way how the program reaches the host
   * @param options.program what the stack declares, given the host as an expression
   */
  static async open(
    other?: NightlyStack,
    { sameDirectories = false, way: wayName = "simulator" as WayName, program = programOn } = {},
  ): Promise<NightlyStack> {
    const cliPath = process.env.HYPERV_TEST_PULUMI;
    if (cliPath === undefined) throw new Error("HYPERV_TEST_PULUMI is not set: run the tests with vitest.config.mts, which sets it.");
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), "hyperv-system-")));
    mkdirSync(join(repository, ".scratch"), { recursive: true });
    const project = mkdtempSync(join(repository, ".scratch", "system-"));
    writeFileSync(join(project, "Pulumi.yaml"), "name: night\nruntime: nodejs\nmain: index.js\n");
    const exports = other && sameDirectories ? other.exports : join(scratch, "exports");
    mkdirSync(exports, { recursive: true });
    const lab = other?.lab ?? (await Simulator.open(join(scratch, "lab")));
    if (!other) await lab.configure({ bytesPerSecond: 8 * 1024 * 1024, jobStartDelay: 50 });
    const way = await openWay(wayName, lab.directory);
    writeFileSync(join(project, "index.js"), program(way.host));
    const env = { ...way.environment, NIGHT_EXPORTS: exports, HYPERV_TRACE: join(scratch, "trace") };
    const stack = other ? "other-night" : "night";
    const local = localStack({ pulumi: cliPath, binFolder: join(cliPath, "..") }, { project, scratch, stack, env });
    await local.pulumi(["stack", "init"]);
    return new NightlyStack(lab, exports, stack, scratch, project, local, cliPath, way);
  }

  /** Text by which every process of this stack's CLI is known. */
  get environmentText(): string {
    return this.scratch;
  }

  /** Processes that have run this package's code, those that have called a host, and the shells that they have started. */
  ourProcesses(): Process[] {
    const trace = join(this.scratch, "trace");
    const lines = existsSync(trace) ? readFileSync(trace, "utf8").trim().split("\n") : [];
    const ours = new Set(lines.map((line) => (JSON.parse(line) as { pid: number }).pid));
    return processesWith(this.environmentText).filter(({ pid, commandLine }) => ours.has(pid) || commandLine.includes("-NonInteractive"));
  }

  async close(): Promise<void> {
    endAll(processesWith(this.environmentText));
    await this.way.close();
    for (const folder of [this.scratch, this.project]) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  directory(name: string): string {
    return join(this.exports, name);
  }

  /** What the program finds in its environment from the next command on. */
  setEnvironment(name: string, value: string): void {
    Object.assign(this.local.env, { [name]: value });
  }

  /** Starts a command and returns at once. */
  start(...commandArguments: string[]): { readonly cli: ChildProcess; readonly ended: Promise<void> } {
    const cli = spawn(this.cliPath, [...commandArguments, "--stack", this.name, "--yes", "--skip-preview", "--non-interactive"], {
      cwd: this.project,
      env: this.local.env,
      stdio: "ignore",
    });
    return { cli, ended: new Promise((resolve) => cli.once("exit", () => resolve())) };
  }

  async run(...commandArguments: string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
    const { status, output } = await this.local.pulumi([...commandArguments, "--yes", "--non-interactive"]);
    return { ok: status === 0, text: output };
  }

  /** What the README tells a person to do after a crash, before the next up. */
  async recover(): Promise<void> {
    let refreshed = await this.run("refresh", "--skip-preview", "--clear-pending-creates");
    if (!refreshed.ok && refreshed.text.includes("locked")) {
      await this.run("cancel");
      refreshed = await this.run("refresh", "--skip-preview", "--clear-pending-creates");
    }
    if (!refreshed.ok) throw new Error(`The refresh after the kill failed:\n${refreshed.text}`);
  }
}
