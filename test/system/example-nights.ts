import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { type ChainRecord, parseChainRecord } from "../../provider/domain/export-chain/chain-record";
import { byLabel, lineOf } from "../../provider/domain/export-chain/generation/generation";
import { CHAIN_FILE } from "../../provider/domain/records/record-names";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { repository } from "../../tools/set-up/repository.mjs";
import { endAll, processesWith } from "./processes";

const DAY = 86_400_000;
const DISK_BYTES = 256 * 1024;
const SHIFTED_CLOCK = join(repository, "test", "support", "shifted-clock.cjs");

/** An example with chains, run by the real CLI on a lab of its own, night after night by a clock that is put forward. */
export class ExampleNights {
  /** What the disk held, by the id of the point. */
  private readonly content = new Map<string, string>();
  private nights = 0;

  private constructor(
    readonly lab: Simulator,
    readonly scratch: string,
    private readonly stack: string,
    private readonly cliPath: string,
    private readonly local: ReturnType<typeof localStack>,
    private readonly project: string,
    private readonly machines: readonly string[],
  ) {}

  static async open(example: string, machines: readonly string[]): Promise<ExampleNights> {
    const cliPath = process.env.HYPERV_TEST_PULUMI;
    if (cliPath === undefined) throw new Error("HYPERV_TEST_PULUMI is not set: run the tests with vitest.config.mts, which sets it.");
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), "hyperv-nights-")));
    mkdirSync(join(scratch, "exports"));
    const lab = await Simulator.open(join(scratch, "lab"), { machines: "none" });
    for (const name of machines) await lab.addVirtualMachine({ name, disks: [{ name: `${name}.vhdx`, bytes: DISK_BYTES }] });
    await lab.configure({ bytesPerSecond: 1024 * 1024, jobStartDelay: 50, pointJobDuration: 100 });
    const stack = `nights-${process.pid}-${Date.now()}`;
    const project = join(repository, "examples", example);
    const env = { NODE_OPTIONS: `--require ${SHIFTED_CLOCK}`, HYPERV_TEST_SHIFT: "0" };
    const local = localStack({ pulumi: cliPath, binFolder: dirname(cliPath) }, { project, scratch, stack, env });
    const nights = new ExampleNights(lab, scratch, stack, cliPath, local, project, machines);
    await nights.succeed("stack", "init");
    await nights.succeed("config", "set", "--path", "hyperv:host.kind", "simulator");
    await nights.succeed("config", "set", "--path", "hyperv:host.directory", lab.directory);
    return nights;
  }

  at(...names: string[]): string {
    return join(this.scratch, "exports", ...names);
  }

  configure(name: string, value: string): Promise<string> {
    return this.succeed("config", "set", name, value);
  }

  /** A day goes by: every machine works on, and the clock is another day ahead. */
  async nextNight(): Promise<void> {
    this.nights += 1;
    Object.assign(this.local.env, { HYPERV_TEST_SHIFT: String(this.nights * DAY) });
    for (const name of this.machines) {
      const offset = (this.nights * 9000) % (DISK_BYTES - 3000);
      await this.lab.writeToDisk({ virtualMachine: name, disk: `${name}.vhdx`, offset, bytes: 3000, seed: `${name} ${this.nights}` });
    }
  }

  async run(...commandArguments: string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
    const { status, output } = await this.local.pulumi([...commandArguments, "--non-interactive"]);
    await this.remember();
    return { ok: status === 0, text: output };
  }

  async succeed(...commandArguments: string[]): Promise<string> {
    const { ok, text } = await this.run(...commandArguments);
    if (!ok) throw new Error(`pulumi ${commandArguments.join(" ")} failed:\n${text}`);
    return text;
  }

  /** An up whose CLI is killed after so many milliseconds; then what the README tells to do before the next up. */
  async killedUp(after: number): Promise<void> {
    const cli = spawn(this.cliPath, ["up", "--stack", this.stack, "--yes", "--skip-preview", "--non-interactive"], {
      cwd: this.project,
      env: this.local.env,
      stdio: "ignore",
    });
    const ended = new Promise<void>((resolve) => cli.once("exit", () => resolve()));
    const timer = setTimeout(() => cli.kill("SIGKILL"), after);
    await ended;
    clearTimeout(timer);
    // The program and a provider that has not been asked for anything yet; one that is at work ends by itself.
    endAll(processesWith(this.scratch));
    await this.remember();
    await this.succeed("cancel", "--yes").catch(() => {});
    await this.succeed("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
  }

  /** Remembers what the disks held at every point that is there: once it is destroyed, nobody else knows. */
  private async remember(): Promise<void> {
    const { virtualMachines } = await this.lab.describe();
    for (const { id: virtualMachine, name, referencePoints } of virtualMachines)
      for (const { id: referencePoint } of referencePoints)
        if (!this.content.has(referencePoint))
          this.content.set(referencePoint, await this.lab.diskSha256({ virtualMachine, disk: `${name}.vhdx`, referencePoint }));
  }

  record(directory: string): ChainRecord {
    const parsed = parseChainRecord(readFileSync(join(directory, CHAIN_FILE), "utf8"));
    if (!parsed.ok) throw new Error(`the chain's record cannot be read: ${parsed.reason}`);
    return parsed.value;
  }

  /** What cannot be restored byte for byte of the generations that the chain lists. */
  async restoreProblems(directory: string): Promise<string[]> {
    const { generations } = this.record(directory);
    const found: string[] = [];
    for (const generation of generations) {
      const line = lineOf(generation, byLabel(generations));
      const exports = [...(line ?? [])].reverse().map(({ label }) => join(directory, label));
      const into = join(this.scratch, "restored");
      const { disks } = await this.lab.restore({ exports, into });
      rmSync(into, { recursive: true });
      const wanted = this.content.get(generation.referencePointId);
      if (wanted === undefined || disks.length !== 1 || disks[0]?.sha256 !== wanted)
        found.push(`${generation.label} is not what the disk held`);
    }
    return found;
  }

  /** The ids of the points that each machine has. */
  async points(): Promise<Map<string, string[]>> {
    const { virtualMachines } = await this.lab.describe();
    return new Map(virtualMachines.map(({ name, referencePoints }) => [name, referencePoints.map(({ id }) => id)]));
  }

  /** Bytes of the chains' properties in the state, inputs and outputs. */
  async stateBytes(): Promise<number[]> {
    const { deployment } = JSON.parse(await this.succeed("stack", "export")) as {
      deployment: { resources: { type: string; inputs?: unknown; outputs?: unknown }[] };
    };
    const chains = deployment.resources.filter(({ type }) => type.endsWith(":ExportChain"));
    return chains.map(({ inputs, outputs }) => JSON.stringify(inputs).length + JSON.stringify(outputs).length);
  }

  async close(): Promise<void> {
    endAll(processesWith(this.scratch));
    await this.local.pulumi(["stack", "rm", "--yes", "--force"]);
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 5 });
  }

  exists(...names: string[]): boolean {
    return existsSync(this.at(...names));
  }
}
