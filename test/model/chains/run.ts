import * as fs from "node:fs";
import * as path from "node:path";
import { type ChainRecord, standingCheckpoint } from "../../../provider/domain/export-chain/chain-record";
import { walk } from "../../support/files-below";
import { inTime } from "../../support/in-time";
import { DeathAtCall } from "../in-process/death-at-call";
import { ProviderRun } from "../in-process/provider-run";
import { setClockAhead, setClockTo } from "../in-process/set-clock";
import { type Declared, type Outcome, type Result, Stack } from "../in-process/stack";
import type { Run } from "../sequences";
import { type Declaration, type DirectoryName, directoryNames, type Manner, type Operation, type Slot, type Step, slots } from "./commands";
import {
  alwaysProblems,
  conditionProblems,
  harmOf,
  leftCheckpointProblems,
  mayBeOf,
  retentionProblems,
  type Scene,
  settledProblems,
  strayProblems,
} from "./judge";
import { World } from "./world";

const LONGEST_OPERATION_MS = 60_000;
const HOUR = 3_600_000;
/** A request that a dead run has sent may arrive when the next one has looked: that one is overtaken, and says so. */
const MOST_TRIES = 3;
const CHAIN = "chain";
const stackOf: Readonly<Record<Slot, string>> = { a: "dev", b: "prod" };

/** What may be made of a label twice, or exported twice, by no fault of the provider's. */
interface Troubled {
  /** Since nothing has been under way in the directory. */
  attempt: boolean;
  /** Ever since the directory holds this chain. */
  labels: boolean;
}

/** One sequence: a host, two stacks and what is known of them, and every step done to all of them. */
export class ChainsRun implements Run<Step>, Scene {
  readonly history: Step[] = [];
  readonly said: string[] = [];
  readonly restored = new Set<string>();
  operations = 0;
  private readonly stackBySlot = new Map<Slot, Stack>(slots.map((slot) => [slot, new Stack()]));
  private readonly declared = new Map<Slot, Declaration>();
  private readonly troubled = new Map<DirectoryName, Troubled>(directoryNames.map((name) => [name, { attempt: false, labels: false }]));
  /** Calls of the methods that export when nothing was under way in the directory. */
  private readonly callsBefore = new Map<DirectoryName, Record<Declaration["via"], number>>();
  private night = 1;

  private constructor(
    readonly world: World,
    private readonly onKill: () => void,
  ) {}

  static async open(manner: Manner, onKill: () => void): Promise<ChainsRun> {
    setClockTo("2026-01-30T02:00:00Z");
    return new ChainsRun(await World.open(manner), onKill);
  }

  get stacks(): Iterable<Stack> {
    return this.stackBySlot.values();
  }

  applies(step: Step): boolean {
    const { declared, world } = this;
    switch (step.do) {
      case "declare":
        return !declared.has(step.slot);
      case "change":
      case "undeclare":
        return declared.has(step.slot);
      case "up":
        return declared.has(step.slot) || this.keptOf(step.slot) !== undefined;
      case "refresh":
      case "destroy":
        return this.keptOf(step.slot) !== undefined;
      case "kill":
        return this.keptOf(step.slot) !== undefined || (step.during === "up" && declared.has(step.slot));
      case "together":
        return declared.size === slots.length;
      case "damage": {
        const name = this.placeOf(step.slot);
        return name !== undefined && world.damageable(name, step.generation, step.damage, step.file) !== undefined;
      }
      case "pointGoes":
      case "recordGoes": {
        const name = this.placeOf(step.slot);
        const record = name && world.record(name);
        if (!name || !record || step.do === "pointGoes") return record !== undefined;
        // With it would go what proves a checkpoint.
        return record.attempt?.checkpoint === undefined && !world.movedRecords.has(name);
      }
      case "diskGoes":
        return world.canLoseDisk;
      case "putForeign":
        return this.placeOf(step.slot) !== undefined;
      case "recordsReturn":
        return world.movedRecords.size > 0;
      case "foreignCheckpointsGo":
        return world.foreignCheckpoints.size > 0;
      default:
        return true;
    }
  }

  async do(step: Step): Promise<void> {
    this.history.push(step);
    await this.verify(step);
  }

  /** With nobody in the way, ups make every chain true that is its stack's; and when all are destroyed, nothing of ours is left. */
  async finish(): Promise<void> {
    await this.verify({ do: "takeForeign" });
    await this.verify({ do: "foreignCheckpointsGo" });
    if (this.world.movedRecords.size > 0) await this.verify({ do: "recordsReturn" });
    for (const [slot, declaration] of this.declared) {
      const stored = this.storedPlace(slot);
      this.declared.set(slot, { ...declaration, onLostBase: "full", ...stored });
    }
    for (const slot of slots) await this.untilSettled("up", slot);
    for (const slot of slots) if (this.keptOf(slot)) await this.verify({ do: "refresh", slot });
    for (const slot of slots) await this.untilSettled("up", slot);
    for (const slot of slots) await this.untilSettled("destroy", slot);
    // What was kept on purpose, or is of a stack that never came to know of it, is taken over and destroyed.
    this.declared.clear();
    for (const name of directoryNames) {
      const record = this.world.record(name);
      if (record === undefined) continue;
      this.trouble(name);
      const machine = record.virtualMachineName as Declaration["machine"];
      this.declared.set("a", { ...plain, directory: name, machine, via: record.via });
      await this.untilSettled("up", "a");
      await this.untilSettled("destroy", "a");
    }
    this.fail([...(await alwaysProblems(this)), ...(await this.leftProblems())]);
  }

  async close(): Promise<void> {
    this.world.scene.close();
  }

  private async leftProblems(): Promise<string[]> {
    const { world } = this;
    const top = world.scene.at("chains");
    // A create that was killed before it wrote a record leaves an empty directory, which is nobody's.
    const left = (fs.existsSync(top) ? walk(top) : []).filter(({ file, folder }) => !folder || path.dirname(file) !== top);
    return [...left.map(({ file }) => `${path.relative(world.scene.volume, file)} is left`), ...strayProblems(this, await world.points())];
  }

  private async untilSettled(operation: "up" | "destroy", slot: Slot): Promise<void> {
    for (let tried = 1; ; tried++) {
      if (operation === "destroy" && this.keptOf(slot) === undefined) return;
      const { outcome, problems } = await this.judged(operation, slot, this.run());
      this.fail([...problems, ...(await alwaysProblems(this))]);
      const error = outcome.results.get(CHAIN)?.error;
      if (error === undefined) return;
      // Another stack's chain is in the directory: what this one was to be is nothing.
      const isAnothers = error.code !== "superseded" && (this.keptOf(slot) === undefined || error.code === "directory-owned-by-another");
      if (isAnothers) this.declared.delete(slot);
      if (isAnothers) return;
      if (error.code !== "superseded" || tried === MOST_TRIES)
        throw new Error(`with nobody in the way, ${operation} of ${slot} does not succeed: ${error.message}`);
    }
  }

  private async verify(step: Step): Promise<void> {
    this.fail([...(await this.act(step)), ...(await alwaysProblems(this))]);
  }

  private fail(problems: readonly string[]): void {
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }

  private async act(step: Step): Promise<string[]> {
    const { world, declared } = this;
    switch (step.do) {
      case "declare":
        declared.set(step.slot, step.as);
        return [];
      case "change": {
        const old = declared.get(step.slot);
        if (old) declared.set(step.slot, { ...old, ...step.to });
        return [];
      }
      case "undeclare":
        declared.delete(step.slot);
        return [];
      case "night":
        setClockAhead(step.hours * HOUR);
        this.night += 1;
        await world.work();
        return [];
      case "up":
      case "refresh":
      case "destroy":
        return (await this.judged(step.do, step.slot, this.run())).problems;
      case "together":
        return this.together();
      case "kill":
        return (await this.judged(step.during, step.slot, this.run(new DeathAtCall(step)))).problems;
      case "damage": {
        const name = this.placeOf(step.slot);
        const target = name && world.damageable(name, step.generation, step.damage, step.file);
        if (name === undefined || !target) return [];
        world.inflict(step.damage, target);
        this.trouble(name);
        return [];
      }
      case "pointGoes":
        return this.pointGoes(step.slot);
      case "foreignPoint":
        await world.addForeignPoint(step.machine);
        return [];
      case "foreignCheckpoint":
        await world.addForeignCheckpoint(step.machine);
        return [];
      case "foreignCheckpointsGo":
        await world.removeForeignCheckpoints();
        return [];
      case "diskGoes":
        await world.loseDisk();
        for (const name of directoryNames) this.trouble(name);
        return [];
      case "putForeign":
        return this.putForeign(step.slot, step.place);
      case "takeForeign":
        world.takeForeign();
        return [];
      case "recordGoes": {
        const name = this.placeOf(step.slot);
        if (name) world.moveRecord(name);
        return [];
      }
      case "recordsReturn":
        world.returnRecords();
        return [];
    }
  }

  private trouble(name: DirectoryName): void {
    this.troubled.set(name, { attempt: true, labels: true });
  }

  private async pointGoes(slot: Slot): Promise<string[]> {
    const name = this.placeOf(slot);
    const record = name && this.world.record(name);
    if (!name || !record) return [];
    const id = record.attempt?.point?.referencePointId ?? record.generations.at(-1)?.referencePointId;
    if (id === undefined || !(await this.world.points()).some((point) => point.id === id)) return [];
    await this.world.scene.lab.removeReferencePoint(id);
    this.trouble(name);
    return [];
  }

  private putForeign(slot: Slot, place: "chain" | "generation" | "next"): string[] {
    const name = this.placeOf(slot);
    if (name === undefined) return [];
    const label = this.world.record(name)?.generations.at(-1)?.label;
    if (place === "chain") this.world.putForeign("chains", name);
    else if (place === "next") this.world.putForeign("chains", name, `n${this.night + 1}`);
    else if (label !== undefined) this.world.putForeign("chains", name, label);
    if (place !== "chain") this.trouble(name);
    return [];
  }

  private keptOf(slot: Slot) {
    return this.stackBySlot.get(slot)?.resources.get(CHAIN);
  }

  /** Where the slot's chain is: by the state, else by the program. */
  private placeOf(slot: Slot): DirectoryName | undefined {
    return this.storedPlace(slot)?.directory ?? this.declared.get(slot)?.directory;
  }

  private storedPlace(slot: Slot): Pick<Declaration, "directory" | "machine" | "via"> | undefined {
    const state = this.keptOf(slot)?.state;
    return (
      state && {
        directory: path.basename(String(state.directory)) as DirectoryName,
        machine: state.virtualMachine as Declaration["machine"],
        via: state.via as Declaration["via"],
      }
    );
  }

  private urnOf(slot: Slot, name: Declaration["name"]): string {
    return `urn:pulumi:${stackOf[slot]}::model::pulumi-nodejs:dynamic/hyperv:ExportChain::${slot}-${name}`;
  }

  private run(death?: DeathAtCall): ProviderRun {
    if (death) this.onKill();
    return new ProviderRun(this.world.scene.lab.directory, death);
  }

  private program(slot: Slot): Map<string, Declared> {
    const declared = this.declared.get(slot);
    if (declared === undefined) return new Map();
    const { directory, generation, disks, keep, trigger, name, machine, verification, ...rest } = declared;
    const { scene } = this.world;
    const given = {
      ...rest,
      host: { kind: "simulator", directory: scene.labDirectory },
      virtualMachine: machine,
      directory: this.world.directory(directory),
      generation: generation === "named" ? `n${this.night}` : { every: "1d" },
      timeZone: "UTC",
      verification: { level: verification },
      ...(keep && { keep }),
      // A checkpoint holds all of them.
      ...(disks === "first" && rest.via === "referencePoint" && { disks: ["system.vhdx"] }),
      ...(trigger > 0 && { triggers: [trigger] }),
      timeouts: scene.timeouts,
      createUrn: this.urnOf(slot, name),
    };
    return new Map([[CHAIN, { kind: "chain", given }]]);
  }

  private async operate(name: Operation, slot: Slot, run: ProviderRun): Promise<Outcome> {
    const stack = this.stackBySlot.get(slot) as Stack;
    this.operations += 1;
    const work = name === "up" ? stack.up(run, this.program(slot)) : name === "refresh" ? stack.refresh(run) : stack.destroy(run);
    const outcome = await inTime(work, LONGEST_OPERATION_MS);
    await run.close();
    this.said.push(...run.said);
    return outcome;
  }

  private records(): Map<DirectoryName, ChainRecord | undefined> {
    return new Map(directoryNames.map((name) => [name, this.world.record(name)]));
  }

  private async judged(name: Operation, slot: Slot, run: ProviderRun): Promise<{ outcome: Outcome; problems: string[] }> {
    const before = this.records();
    const placeBefore = this.placeOf(slot);
    const allowed = await this.allowedFailures(name, slot);
    await this.noteCalls(before);
    const outcome = await this.operate(name, slot, run);
    const keep = this.declared.get(slot)?.keep;
    const result = outcome.results.get(CHAIN);
    const isMade = outcome.ok && (result?.deeds.some((deed) => deed === "create" || deed === "update") ?? false);
    const place = this.placeOf(slot);
    const problems = outcome.isKilled ? [] : failureProblems(slot, result, allowed);
    for (const each of directoryNames) {
      const now = this.world.record(each);
      const isThere = each === place && isMade;
      // What is destroyed is not retention's.
      if (name === "up" && this.declared.has(slot) && (each === place || each === placeBefore) && !result?.deeds.includes("delete"))
        problems.push(...retentionProblems(this.world, before.get(each), now, [keep], isThere));
    }
    if (name === "up" && place !== undefined && isMade && this.declared.has(slot)) {
      const { generation } = this.declared.get(slot) as Declaration;
      problems.push(...settledProblems(this.world, place, generation === "named" ? `n${this.night}` : undefined));
      problems.push(...(await this.twiceProblems(place, before.get(place))));
      const { state } = this.keptOf(slot) ?? {};
      if (state?.status !== "intact") problems.push(`after an up, ${slot} is ${state?.status}: ${String(state?.problems)}`);
    }
    if (name === "refresh" && outcome.ok && place !== undefined && !this.isOvertaken(before.get(place), place))
      problems.push(...this.refreshProblems(slot, place));
    if (place !== undefined && !outcome.isKilled) {
      const record = this.world.record(place);
      if (record?.chainId === this.keptOf(slot)?.id) problems.push(...(await leftCheckpointProblems(this.world, record)));
    }
    return { outcome, problems };
  }

  /** A request of the run that was killed just now has arrived since, and what has been looked at is not what is there. */
  private isOvertaken(before: ChainRecord | undefined, place: DirectoryName): boolean {
    return this.history.at(-2)?.do === "kill" && JSON.stringify(before) !== JSON.stringify(this.world.record(place));
  }

  private refreshProblems(slot: Slot, place: DirectoryName): string[] {
    const { state, id } = this.keptOf(slot) ?? {};
    if (state === undefined) return [];
    const record = this.world.record(place);
    if (record?.chainId !== id) return state.status === "damaged" ? [] : [`the record is not there, and ${slot} is ${state.status}`];
    const readsContent = (state.verification as { level?: string } | undefined)?.level === "content";
    return conditionProblems(this.world, place, state.generations as string[], readsContent);
  }

  private async together(): Promise<string[]> {
    const before = this.records();
    const keeps = slots.map((slot) => this.declared.get(slot)?.keep);
    const allowed = (await Promise.all(slots.map((slot) => this.allowedFailures("up", slot)))).map((codes) => [
      ...codes,
      "superseded",
      "directory-owned-by-another",
      "directory-not-empty",
      "directory-inside-another-export",
      "reference-point-not-found",
      "base-reference-point-not-found",
      "chain-machine-changed",
      "chain-way-changed",
      "foreign-checkpoint",
      "directory-claimed-meanwhile",
    ]);
    for (const name of directoryNames) this.trouble(name);
    const outcomes = await Promise.all(slots.map((slot) => this.operate("up", slot, this.run())));
    const problems = outcomes.flatMap(({ results }, index) =>
      failureProblems(slots[index] as Slot, results.get(CHAIN), allowed[index] ?? []),
    );
    for (const name of directoryNames)
      problems.push(...retentionProblems(this.world, before.get(name), this.world.record(name), keeps, false));
    return problems;
  }

  /** Directories of the exports that have begun. */
  private async exportCalls(): Promise<Record<Declaration["via"], string[]>> {
    const { lab } = this.world.scene;
    const begun = (calls: readonly { method: string; returnCode: number; exportDirectory?: string }[], wanted: string) =>
      calls.flatMap(({ method, returnCode, exportDirectory }) => (method === wanted && returnCode <= 4096 ? (exportDirectory ?? []) : []));
    return {
      referencePoint: begun(await lab.calls(), "ExportReferencePoint"),
      checkpoint: begun(await lab.checkpointCalls(), "ExportSystemDefinition"),
    };
  }

  private async noteCalls(records: ReadonlyMap<DirectoryName, ChainRecord | undefined>): Promise<void> {
    const { referencePoint, checkpoint } = await this.exportCalls();
    const calls = { referencePoint: referencePoint.length, checkpoint: checkpoint.length };
    for (const name of directoryNames) {
      const record = records.get(name);
      if (record?.attempt === undefined && !this.world.movedRecords.has(name)) {
        this.callsBefore.set(name, calls);
        (this.troubled.get(name) as Troubled).attempt = record !== undefined && this.world.movedRecords.has(name);
      }
      if (record === undefined) (this.troubled.get(name) as Troubled).labels = false;
    }
  }

  /** Each generation is exported once, and none is made twice of one label: unless somebody has taken away what it needs. */
  private async twiceProblems(name: DirectoryName, before: ChainRecord | undefined): Promise<string[]> {
    const { generations = [], via = "referencePoint" } = this.world.record(name) ?? {};
    const troubled = this.troubled.get(name) as Troubled;
    const calls = (await this.exportCalls())[via].slice(this.callsBefore.get(name)?.[via] ?? 0);
    const found: string[] = [];
    for (const { label, exportId, asked } of generations) {
      if (before?.generations.some((known) => known.exportId === exportId)) continue;
      const times = calls.filter((directory) => directory === path.join(this.world.directory(name), label)).length;
      if (times !== 1 && !troubled.attempt) found.push(`${label} was exported ${times} times`);
      if (label !== asked && !troubled.labels && this.triggersUsed.size < 2) found.push(`${asked} was made again, as ${label}`);
    }
    return found;
  }

  /** A changed trigger asks for another generation of the same label. */
  private get triggersUsed(): Set<number> {
    const used = new Set<number>();
    for (const step of this.history) {
      if (step.do === "declare") used.add(step.as.trigger);
      if (step.do === "change" && step.to.trigger !== undefined) used.add(step.to.trigger);
    }
    return used;
  }

  /** Codes of the failures that this operation may end with. */
  private async allowedFailures(operation: Operation, slot: Slot): Promise<string[]> {
    const { world } = this;
    const allowed = ["superseded"];
    const declared = this.declared.get(slot);
    const stored = this.storedPlace(slot);
    const kept = this.keptOf(slot);
    for (const name of new Set([stored?.directory, declared?.directory])) {
      if (name === undefined) continue;
      const record = world.record(name);
      const isBare = record === undefined && fs.existsSync(world.directory(name)) && fs.readdirSync(world.directory(name)).length > 0;
      if (isBare) allowed.push("chain-record-missing", "directory-not-empty");
      if (record && operation === "up" && record.chainId !== kept?.id)
        allowed.push(record.released ? "directory-not-empty" : "directory-owned-by-another");
      if (record?.released && operation === "up") allowed.push("directory-not-empty", "directory-owned-by-another");
      if (record && declared && record.virtualMachineName !== declared.machine) allowed.push("chain-machine-changed");
      if (record && declared && record.via !== declared.via) allowed.push("chain-way-changed");
      if (operation === "up" && declared?.onLostBase === "fail" && record && (await this.isBaseLost(record)))
        allowed.push("chain-base-lost");
      if (operation === "up" && this.isLabelOccupied(name, record)) allowed.push("directory-not-empty");
    }
    if (stored && declared && (["directory", "machine", "via"] as const).some((name) => stored[name] !== declared[name]))
      allowed.push("chain-replacement-refused");
    if (operation === "up" && declared?.via === "checkpoint" && (await this.isCheckpointInTheWay(declared)))
      allowed.push("foreign-checkpoint");
    return allowed;
  }

  private async isBaseLost(record: ChainRecord): Promise<boolean> {
    const points = await this.world.points();
    const isThere = (id: string | undefined) => points.some((point) => point.id === id);
    return record.generations.some(
      (generation) =>
        harmOf(this.world, generation, record.generations) !== undefined || !isThere(record.generations.at(-1)?.referencePointId),
    );
  }

  /** Somebody's, or that of a killed run of another chain. */
  private async isCheckpointInTheWay({ directory, machine }: Declaration): Promise<boolean> {
    const record = this.world.record(directory);
    const own = record && standingCheckpoint(record);
    const there = await this.world.checkpoints();
    return there.some((checkpoint) => checkpoint.machine === machine && (own === undefined || !mayBeOf(own, checkpoint.id)));
  }

  /** Somebody's file lies where the generation is to be. */
  private isLabelOccupied(name: DirectoryName, record: ChainRecord | undefined): boolean {
    const labels = [`n${this.night}`, record?.attempt?.label];
    const directory = this.world.directory(name);
    return [...this.world.scene.foreignFiles().keys()].some((file) => labels.includes(path.relative(directory, file).split(path.sep)[0]));
  }
}

/** What takes over whatever is left at the end. */
const plain: Declaration = {
  directory: "one",
  machine: "SQL01",
  via: "referencePoint",
  generation: "named",
  fullEvery: 3,
  disks: "all",
  verification: "size",
  onLostBase: "full",
  onDestroy: "delete",
  onExisting: "adopt",
  trigger: 0,
  name: "first",
};

function failureProblems(slot: Slot, result: Result | undefined, allowed: readonly string[]): string[] {
  const { error } = result ?? {};
  return error === undefined || allowed.includes(error.code) ? [] : [`${slot}: ${error.during} failed for no reason: ${error.message}`];
}
