import * as fs from "node:fs";
import * as path from "node:path";
import { isHyperVsByExtension, roleByExtension } from "../../../provider/domain/hyperv/file-extensions";
import { MANIFEST_FILE } from "../../../provider/domain/records/record-names";
import { SimulatorHost } from "../../../provider/host/simulator/index";
import { canForgetJobs, jobsNameFiles, type Layout } from "../../support/layouts";
import type { Run } from "../sequences";
import { foreignProblems, leftoverProblems } from "./always";
import type { Step } from "./commands";
import { canMeddle, inflict } from "./damage";
import { argumentsOf, type Slot, urnOf } from "./declaration";
import { placed } from "./fault-choice";
import { directoryOf, forecasts, hangingMachines, MEDDLED, type Scene } from "./forecast";
import { doomed, judgeDeletes } from "./judge-delete";
import { judgeRefresh } from "./judge-refresh";
import { failedByClock, isOfTime, judgeUp } from "./judge-up";
import type { LabTemplate } from "./lab-template";
import { Model } from "./model";
import type { ProviderPool } from "./provider-pool";
import { type Operation, Stack } from "./stack";
import { World } from "./world";

/** Slower than this the provider does not end an operation, whatever the host does: the arguments' timeouts are 3 s. */
const LONGEST_OPERATION_MS = 30_000;
/** So often a limit may be missed in a row. */
const MOST_BY_CLOCK = 5;
const SLOW_BYTES_PER_SECOND = 400_000;

/** One sequence: a world, a stack and the model, and every step done to all of them. */
export class ExportsRun implements Run<Step>, Scene {
  readonly model = new Model();
  readonly stack: Stack;
  readonly history: Step[] = [];
  operations = 0;

  private constructor(
    readonly world: World,
    private readonly pool: ProviderPool,
  ) {
    this.stack = new Stack(pool);
  }

  static async open(template: LabTemplate, layout: Layout, pool: ProviderPool): Promise<ExportsRun> {
    const run = new ExportsRun(await World.open(template, layout), pool);
    run.world.putForeign(run.world.at("neighbour.txt"));
    return run;
  }

  /** Whether the step makes sense now. */
  applies(step: Step): boolean {
    const { model, stack } = this;
    switch (step.do) {
      case "declare":
        return !model.declared.has(step.slot);
      case "change":
      case "undeclare":
        return model.declared.has(step.slot);
      case "faultOn":
        return model.faults.length < 2 && (step.fault.fault !== "jobVanishes" || canForgetJobs(this.world.layout));
      case "faultsOff":
        return model.faults.length > 0;
      case "damage":
        return this.damageable(step.slot, step.damage) !== undefined;
      case "putForeign": {
        const directory = this.directoryFor(step.slot);
        if (directory === undefined) return false;
        return !isHyperVsByExtension(step.file) || !this.world.mayBeWrittenTo(directory);
      }
      case "removeDirectory":
      case "takeForeign":
        return this.directoryFor(step.slot) !== undefined;
      case "refresh":
      case "destroy":
        return stack.resources.size + stack.pendingDeletes.length > 0;
      default:
        return true;
    }
  }

  /** Does the step; rejects with what is wrong afterwards. */
  async do(step: Step): Promise<void> {
    this.history.push(step);
    const problems = await this.act(step);
    this.fail([...problems, ...foreignProblems(this.world)]);
  }

  async close(): Promise<void> {
    this.world.close();
  }

  /** However the sequence went: with a healthy host, two further ups make everything true, and destroy leaves nothing. */
  async finish(): Promise<void> {
    await this.act({ do: "faultsOff" });
    await this.act({ do: "lab", completion: "job", forgetsJobs: false });
    await this.terminateJobs();
    for (const slot of this.model.declared.keys()) await this.act({ do: "takeForeign", slot });
    await this.verify(() => this.refresh());
    const hanging = await hangingMachines(this.world);
    for (const [slot, { refusal, uncertain }] of forecasts(this, hanging)) {
      const declared = this.model.declared.get(slot);
      if (declared && (refusal ?? uncertain) !== undefined && uncertain !== MEDDLED) await this.moveToFresh(slot);
    }
    await this.upUntilTrue();
    await this.verify(() => this.refresh());
    await this.upUntilTrue();
    for (const slot of this.model.declared.keys()) {
      const status = this.stack.resources.get(slot)?.outputs.status;
      if (status !== "intact") this.fail([`at the end ${slot} is ${status}`]);
    }
    await this.verify(() => this.destroy());
    for (let time = 0; this.stack.resources.size > 0 && time <= MOST_BY_CLOCK; time++) await this.verify(() => this.destroy());
    if (this.stack.resources.size > 0) this.fail(["destroy does not come to an end"]);
    this.fail([...leftoverProblems(this), ...foreignProblems(this.world)]);
  }

  private async verify(work: () => Promise<string[]>): Promise<void> {
    this.fail([...(await work()), ...foreignProblems(this.world)]);
  }

  private fail(problems: readonly string[]): void {
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }

  private async upUntilTrue(): Promise<void> {
    for (let time = 1, byClock = 0; ; time++) {
      await this.verify(() => this.up());
      if (this.lastOk) return;
      // Other work on the machine may use up the limits of 3 s: that says nothing of the provider, if it comes to an end.
      if (this.lastByClock && ++byClock <= MOST_BY_CLOCK) time--;
      else if (time === 2 && ((await this.moveMeddled()) || (await this.keepLater()))) time = 0;
      else if (time === 2) this.fail([`with a healthy host, two ups do not succeed: ${this.lastFailures}`]);
    }
  }

  /** Where a person has taken claims away, a person has to clear up, and to go elsewhere. */
  private async moveMeddled(): Promise<boolean> {
    if (!/Code: (claim-damaged|directory-not-empty|adoption-refused)$/m.test(this.lastFailures)) return false;
    const meddled = [...forecasts(this, new Set())].filter(([, { uncertain }]) => uncertain === MEDDLED).map(([slot]) => slot);
    for (const slot of meddled) {
      this.model.place(this.directoryFor(slot) ?? "").meddled = false;
      await this.act({ do: "removeDirectory", slot });
      await this.moveToFresh(slot);
    }
    return meddled.length > 0;
  }

  /** What the refusal of a "keep" in the same up as a replacement asks for: an export that was unfinished until now is not refused before. */
  private async keepLater(): Promise<boolean> {
    if (!/Code: kept-too-late$/m.test(this.lastFailures)) return false;
    for (const [slot, { onDestroy }] of this.model.declared) {
      const isLate = onDestroy === "keep" && this.stack.resources.get(slot)?.outputs.onDestroy === "delete";
      if (isLate) await this.act({ do: "change", slot, to: { onDestroy: "delete" } });
    }
    return true;
  }

  /** A move replaces the export: a "keep" that the last up has not stored would be too late for the old one, and is refused. */
  private async moveToFresh(slot: Slot): Promise<void> {
    const stored = this.stack.resources.get(slot)?.outputs.onDestroy;
    const directory = `fresh-${slot}`;
    await this.act({ do: "change", slot, to: stored === "delete" ? { directory, onDestroy: stored } : { directory } });
  }

  private lastOk = false;
  private lastFailures = "";

  private async act(step: Step): Promise<string[]> {
    const { model, world } = this;
    switch (step.do) {
      case "declare":
        model.declared.set(step.slot, step.as);
        model.directories.add(world.at(step.as.directory));
        return [];
      case "change": {
        const old = model.declared.get(step.slot);
        if (old) await this.act({ do: "declare", slot: step.slot, as: { ...old, ...step.to } });
        return [];
      }
      case "undeclare":
        model.declared.delete(step.slot);
        return [];
      case "up":
        return this.upWithGrace();
      case "refresh":
        return this.refresh();
      case "destroy":
        return this.destroy();
      case "kill":
        return this.kill(step);
      case "faultOn":
        model.faults = [...model.faults, placed(step.fault, world.volume)];
        await world.lab.setFaults(model.faults);
        return [];
      case "faultsOff":
        model.faults = [];
        await world.lab.clearFaults();
        return [];
      case "damage":
        return this.damage(step.slot, step.damage);
      case "removeDirectory": {
        const directory = this.directoryFor(step.slot) ?? "";
        world.removeByHand(directory);
        model.forget(directory);
        Object.assign(model.place(directory), { gone: true, vague: true });
        return [];
      }
      case "putForeign":
        world.putForeign(path.join(this.directoryFor(step.slot) ?? "", step.file));
        return [];
      case "takeForeign":
        this.takeForeign(this.directoryFor(step.slot));
        return [];
      case "lab":
        await world.lab.configure({
          synchronousExports: step.completion === "synchronous",
          finishedJobLifetime: step.forgetsJobs && canForgetJobs(world.layout) ? 0 : "5m",
        });
        return [];
    }
  }

  private directoryFor(slot: Slot): string | undefined {
    const declared = this.model.declared.get(slot);
    const kept = this.stack.resources.get(slot);
    return kept ? directoryOf(kept) : declared && this.world.at(declared.directory);
  }

  /** What the damage would be done to: a file of the export, or a record that is there. */
  private damageable(slot: Slot, damage: Extract<Step, { do: "damage" }>["damage"]): string | undefined {
    const { model, stack, world } = this;
    const directory = this.directoryFor(slot);
    const kept = stack.resources.get(slot);
    if (directory === undefined) return undefined;
    const place = model.place(directory);
    const claim = world.claimIn(directory);
    const isAnothers =
      claim.kind === "read" && (kept ? claim.value.exportId !== kept.id : claim.value.owner.urn !== urnOf(slot, model.declared.get(slot)));
    const settled = kept !== undefined && kept.outputs.status !== "incomplete" && !place.vague && !place.orphan;
    // Not what was given up before and is being adopted now: that is a person's until it is.
    if (world.foreign.has(path.join(directory, MANIFEST_FILE))) return undefined;
    const halfDone = place.vague || place.orphan || kept?.outputs.status === "incomplete";
    if (place.gone || isAnothers || model.stale.has(slot) || !(settled || (halfDone && canMeddle(damage)))) return undefined;
    if ("file" in damage) {
      const files = settled ? (kept.outputs.files as { path: string }[]).map((file) => file.path) : missedFiles(world, directory);
      const name = files[damage.file % files.length];
      return name === undefined || place.damages.has(name) ? undefined : name;
    }
    const name = damage.kind.startsWith("claim") ? "claim" : "manifest";
    const there = name === "claim" ? claim.kind !== "absent" : world.manifestIn(directory).kind !== "absent";
    return there && !place.damages.has(name) ? name : undefined;
  }

  private damage(slot: Slot, damage: Extract<Step, { do: "damage" }>["damage"]): string[] {
    const name = this.damageable(slot, damage);
    const directory = this.directoryFor(slot);
    if (name === undefined || directory === undefined) return [];
    const place = this.model.place(directory);
    const kept = this.stack.resources.get(slot);
    inflict(this.world, directory, damage.kind, name);
    if (kept === undefined || kept.outputs.status === "incomplete" || place.vague || place.orphan) {
      Object.assign(place, { vague: true, meddled: true });
    } else place.damages.set(name, damage.kind);
    return [];
  }

  private takeForeign(directory: string | undefined): void {
    const { world, stack, model } = this;
    if (directory === undefined) return;
    const inUse = [...stack.resources.values(), ...stack.pendingDeletes.map(({ kept }) => kept)].some(
      (kept) => directoryOf(kept) === directory,
    );
    if (!inUse && world.claimIn(directory).kind !== "read") {
      world.removeByHand(directory);
      model.forget(directory);
      return;
    }
    for (const file of [...world.foreign.keys(), ...world.foreignFolders]) {
      if (!file.startsWith(directory + path.sep)) continue;
      world.removeByHand(file);
      for (let folder = path.dirname(file); folder !== directory && fs.existsSync(folder) && fs.readdirSync(folder).length === 0; ) {
        fs.rmdirSync(folder);
        folder = path.dirname(folder);
      }
      const name = path.relative(directory, file);
      if (model.place(directory).damages.get(name) === "replaced") model.place(directory).damages.set(name, "missing");
    }
  }

  private async upWithGrace(): Promise<string[]> {
    const problems = await this.up();
    if (problems.length > 0 || this.lastOk || !this.lastByClock || this.model.faults.length > 0) return problems;
    return this.up();
  }

  private lastByClock = false;

  private async up(): Promise<string[]> {
    const { model, world, stack } = this;
    const seen = forecasts(this, await hangingMachines(world));
    const before = doomed(this);
    const callsBefore = (await world.lab.calls()).length;
    const program = new Map(
      [...model.declared].map(([slot, declared]) => [slot, argumentsOf(world.template, world.lab.directory, world.volume, slot, declared)]),
    );
    const operation = await this.timed(stack.up(program));
    const calls = (await world.lab.calls()).slice(callsBefore);
    const judged = { forecasts: seen, operation, calls };
    this.lastByClock = failedByClock(judged);
    return [...(await judgeDeletes(this, before, operation)), ...(await judgeUp(this, judged))];
  }

  private async refresh(): Promise<string[]> {
    const before = new Map(this.stack.resources);
    return judgeRefresh(this, before, await this.timed(this.stack.refresh()));
  }

  private async destroy(): Promise<string[]> {
    const before = doomed(this);
    const operation = await this.timed(this.stack.destroy());
    const healthy = this.model.faults.length === 0 && !this.killing;
    const failures = [...operation.results.values()].flatMap(({ stopped }) => stopped?.failure ?? []);
    const problems = await judgeDeletes(this, before, operation);
    return healthy && failures.some((failure) => !isOfTime(failure))
      ? [...problems, `destroy failed for no reason: ${failures.join("\n")}`]
      : problems;
  }

  private killing = false;

  private async kill({ during, after, slow }: Extract<Step, { do: "kill" }>): Promise<string[]> {
    const { world, pool } = this;
    if (slow) await world.lab.configure({ bytesPerSecond: SLOW_BYTES_PER_SECOND });
    this.killing = true;
    let killed: Promise<void> | undefined;
    const timer = setTimeout(() => {
      killed = pool.kill();
    }, after);
    try {
      const problems = await (during === "up" ? this.up() : during === "refresh" ? this.refresh() : this.destroy());
      return problems;
    } finally {
      clearTimeout(timer);
      await killed;
      this.killing = false;
      if (slow) await world.lab.configure({ bytesPerSecond: "unlimited" });
    }
  }

  private async timed(work: Promise<Operation>): Promise<Operation> {
    const startedAt = Date.now();
    this.operations++;
    const operation = await work;
    this.lastOk = operation.ok;
    this.lastFailures = [...operation.results.values()].flatMap(({ stopped }) => stopped?.failure ?? []).join("\n");
    const took = Date.now() - startedAt;
    if (took > LONGEST_OPERATION_MS) throw new Error(`an operation took ${took} ms`);
    return operation;
  }

  /** As an operator does with a job that hangs. */
  private async terminateJobs(): Promise<void> {
    const { jobs } = await this.world.lab.describe();
    const running = jobs.filter(({ jobState }) => jobState === 3 || jobState === 4);
    const host = new SimulatorHost(this.world.lab.directory);
    await host.terminateJobs(running.map((job) => job.path));
    await host.close();
  }
}

/**
 * Of an export that nobody has recorded yet, the files whose loss shows: that there was a guest state is known by its file alone. Where a
 * job names no files, only what no export can lack is missed.
 */
function missedFiles(world: World, directory: string): string[] {
  const claim = world.claimIn(directory);
  const isFull =
    claim.kind === "read" && claim.value.attempt !== undefined && claim.value.attempt.target.baseReferencePointId === undefined;
  return world.exportedFilesIn(directory).filter((file) => {
    const role = roleByExtension(file);
    if (jobsNameFiles(world.layout)) return role !== "guestState";
    return role === "configuration" || (role === "disk" && isFull);
  });
}
