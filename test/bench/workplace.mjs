// Scratch folders with a Pulumi project for each variant and number, and the lab that the exports run on.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localStack } from "../../tools/pulumi-cli/local-stack.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

export class Workplace {
  constructor(cli) {
    this.cli = cli;
    this.labs = new Map();
    mkdirSync(join(repository, ".scratch"), { recursive: true });
    // The programs lie below the repository, where they find the package and the SDK.
    this.programs = mkdtempSync(join(repository, ".scratch", "bench-"));
    this.data = mkdtempSync(join(tmpdir(), "hyperv-bench-"));
  }

  async stack(variant, n) {
    const project = join(this.programs, `${variant.name}-${n}`);
    const scratch = join(this.data, `${variant.name}-${n}`);
    mkdirSync(project);
    mkdirSync(scratch);
    writeFileSync(join(project, "Pulumi.yaml"), `name: bench\nruntime: nodejs\nmain: index.js\n`);
    writeFileSync(join(project, "index.js"), variant.program);
    const env = {
      BENCH_N: String(n),
      BENCH_LAB: this.labFolder(n),
      BENCH_EXPORTS: join(scratch, "exports"),
      HYPERV_TRACE: "",
      ...variant.env,
    };
    const stack = new BenchStack(localStack(this.cli, { project, scratch, stack: "bench", env }), join(scratch, "trace"));
    await stack.run(["stack", "init"]);
    return stack;
  }

  labFolder(n) {
    return join(this.data, `lab-${n}`);
  }

  /** One machine with a small disk and one point for each resource; jobs end at once. Made once for each number. */
  openLab(n) {
    const already = this.labs.get(n) ?? this.makeLab(n);
    this.labs.set(n, already);
    return already;
  }

  async makeLab(n) {
    const { Simulator } = await import("pulumi-hyperv-reference-point/simulator");
    const lab = await Simulator.open(this.labFolder(n), { machines: "none" });
    const names = Array.from({ length: n }, (_, index) => `vm${index}`);
    await Promise.all(names.map((name) => lab.addVirtualMachine({ name, disks: [{ name: `${name}.vhdx`, bytes: 65_536 }] })));
    await Promise.all(names.map((virtualMachine) => lab.addReferencePoint({ virtualMachine, kind: "rct" })));
    await lab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0, pointJobDuration: 0, mergeDuration: 0 });
  }

  remove() {
    for (const folder of [this.programs, this.data]) rmSync(folder, { recursive: true, force: true });
  }
}

class BenchStack {
  constructor(stack, traceFile) {
    this.stack = stack;
    this.traceFile = traceFile;
  }

  /** The generation that the program asks for from now on. */
  label(text) {
    this.stack.env.BENCH_LABEL = text;
  }

  async run(commandArguments) {
    const { status, output } = await this.stack.pulumi([...commandArguments, "--non-interactive"]);
    if (status !== 0) throw new Error(`pulumi ${commandArguments.join(" ")} failed:\n${output}`);
    return output;
  }

  /** Runs a command and returns how often each verb of the Host port was called. */
  async traced(commandArguments) {
    this.stack.env.HYPERV_TRACE = this.traceFile;
    await this.run(commandArguments);
    this.stack.env.HYPERV_TRACE = "";
    if (!existsSync(this.traceFile)) return {};
    const calls = {};
    for (const line of readFileSync(this.traceFile, "utf8").trim().split("\n")) {
      const { verb } = JSON.parse(line);
      calls[verb] = (calls[verb] ?? 0) + 1;
    }
    rmSync(this.traceFile);
    return calls;
  }

  /** Bytes of compact JSON a resource: its inputs and outputs, which are the provider's, and the rest, which is the engine's. */
  async stateBytes() {
    const { deployment } = JSON.parse(await this.run(["stack", "export"]));
    const sizes = deployment.resources
      .filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"))
      .map(({ inputs, outputs, ...rest }) => [JSON.stringify(inputs).length + JSON.stringify(outputs).length, JSON.stringify(rest).length]);
    const mean = (column) => Math.round(sizes.reduce((sum, size) => sum + size[column], 0) / sizes.length);
    return { properties: mean(0), engine: mean(1) };
  }
}
