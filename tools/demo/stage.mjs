import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { localStack } from "../pulumi-cli/local-stack.mjs";
import { repository } from "../set-up/repository.mjs";

const program = fileURLToPath(new URL("program", import.meta.url));

/** The demo's project in a scratch folder, laid out as a user's would be, and the steps that are played on it. */
export class Stage {
  #steps = 0;
  #step = "the set-up of the demo's project";
  #stack;
  #interrupted = false;

  /**
   * @param {import("../pulumi-cli/installation.mjs").Installation} cli
   * @param {string} scratch
   */
  constructor(cli, scratch) {
    this.host = join(scratch, "host");
    this.exports = join(scratch, "exports");
    const project = join(scratch, "project");
    cpSync(program, project, { recursive: true });
    installPackages(project);
    this.#stack = localStack(cli, { project, scratch, stack: "demo" });
    // A Ctrl-C reaches the CLI as well; it ends in its own time, and then the scratch folder is removed.
    process.on("SIGINT", () => {
      this.#interrupted = true;
    });
    process.on("SIGTERM", () => {
      this.#interrupted = true;
      this.#stack.interrupt();
    });
  }

  /**
   * Begins a step.
   * @param {string} title
   * @param {string} shows  what the reader is about to see
   */
  step(title, shows) {
    this.#steps++;
    this.#step = `step ${this.#steps}, ${title}`;
    process.stdout.write(`\n${"=".repeat(100)}\n${this.#steps}. ${title}\n   ${shows}\n\n`);
  }

  /**
   * Runs a command of the CLI that must succeed, in front of the reader.
   * @param {...string} commandArguments
   */
  async show(...commandArguments) {
    process.stdout.write(`$ pulumi ${commandArguments.join(" ")}\n`);
    await this.#run(commandArguments, true);
  }

  /**
   * Runs a command of the CLI that must succeed, and answers what it printed.
   * @param {...string} commandArguments
   */
  ask(...commandArguments) {
    return this.#run(commandArguments, false);
  }

  /** What the stack's state says that every export came to, by the export's name. */
  async exportsInState() {
    const { deployment } = JSON.parse(await this.ask("stack", "export"));
    const found = deployment.resources.filter(({ type }) => type.endsWith(":ReferencePointExport"));
    return Object.fromEntries(found.map(({ urn, outputs }) => [urn.split("::").at(-1), { ...outputs, ...outputs.result }]));
  }

  /**
   * Holds what happened against what should have.
   * @param {boolean} holds
   * @param {string} claim
   */
  check(holds, claim) {
    if (!holds) throw new Error(`The demo failed at ${this.#step}: it is not true that ${claim}.`);
    process.stdout.write(`   ok: ${claim}\n`);
  }

  async #run(commandArguments, show) {
    const { status, output } = await this.#stack.pulumi(commandArguments, { show });
    if (this.#interrupted) throw new Error(`Interrupted at ${this.#step}.`);
    if (status === 0) return output;
    const printed = show ? "Its output is above." : `It printed:\n${output}`;
    throw new Error(`The demo failed at ${this.#step}: "pulumi ${commandArguments.join(" ")}" ended with ${status}. ${printed}`);
  }
}

/** Makes what `npm install` would have made. */
function installPackages(project) {
  writeFileSync(join(project, "package.json"), '{ "name": "demo", "private": true }');
  const modules = join(project, "node_modules");
  mkdirSync(modules);
  const link = (from, name) => symlinkSync(from, join(modules, name), "junction");
  link(repository, "pulumi-hyperv-reference-point");
  for (const name of ["@pulumi", "@types"]) link(join(repository, "node_modules", name), name);
}
