import { inTime } from "../../support/in-time";
import { DeathAtCall } from "../in-process/death-at-call";
import { ProviderRun } from "../in-process/provider-run";
import { type Declared, type Outcome, Stack } from "../in-process/stack";
import type { Run } from "../sequences";
import { type Declaration, type Machine, type Manner, type Operation, type Slot, type Step, slots } from "./commands";
import { alwaysProblems, isAccountedFor, type Scene, upProblems } from "./judge";
import { World } from "./world";

const LONGEST_OPERATION_MS = 60_000;
/** A request that a dead run has sent may arrive when the next one has looked: that one is overtaken, and says so. */
const MOST_OVERTAKEN = 3;
const EXPORT = "e";

interface MachineCondition {
  readonly backup: "works" | "fallsBack" | "fails";
  readonly replica: boolean;
}

const healthy: MachineCondition = { backup: "works", replica: false };

/** The points of the host around an operation. */
interface Listings {
  readonly before: readonly { id: string }[];
  readonly after: readonly { id: string }[];
}

/** One sequence: a host, a stack and what is known of both, and every step done to all of them. */
export class PointsRun implements Run<Step>, Scene {
  readonly stack = new Stack();
  readonly history: Step[] = [];
  readonly said: string[] = [];
  readonly left = new Set<string>();
  operations = 0;
  private readonly declared = new Map<Slot, Declaration>();
  private declaredExport: Declared | undefined;
  private readonly conditions = new Map<Machine, MachineCondition>();
  private hasFaults = false;
  /** What an up that was killed, or failed, was to make of a name. */
  private readonly begun = new Map<string, Declared>();
  /**
   * Names under which a record of a point that is not there may lie: an up was to give the name when it was killed, and the program has
   * taken it back; or a refresh has found the point gone. It is of no harm, and the next resource of that name removes it.
   */
  private readonly staleNames = new Set<string>();

  private constructor(
    readonly world: World,
    private readonly onKill: () => void,
  ) {}

  static async open(manner: Manner, onKill: () => void): Promise<PointsRun> {
    return new PointsRun(await World.open(manner), onKill);
  }

  applies(step: Step): boolean {
    const { stack, declared } = this;
    switch (step.do) {
      case "declare":
        return !declared.has(step.slot);
      case "change":
      case "undeclare":
        return declared.has(step.slot);
      case "declareExport":
        return this.declaredExport === undefined && this.pointOf(step.base) !== undefined;
      case "undeclareExport":
        return this.declaredExport !== undefined;
      case "refresh":
      case "destroy":
        return stack.kept.length > 0;
      case "kill":
        return step.during === "up" || stack.kept.length > 0;
      case "pointGoes":
        return this.pointOf(step.slot) !== undefined;
      case "foreignPoint":
        // A fault is meant for our calls.
        return !(step.byJob && this.hasFaults);
      case "faultOn":
        return !this.hasFaults;
      case "faultsOff":
        return this.hasFaults;
      default:
        return true;
    }
  }

  async do(step: Step): Promise<void> {
    this.history.push(step);
    await this.verify(step);
  }

  /** With a healthy host, ups make everything true, and a destroy leaves nothing but what was named or left on purpose. */
  async finish(): Promise<void> {
    await this.verify({ do: "faultsOff" });
    for (const machine of ["SQL01", "WEB01"] as const) await this.verify({ do: "machine", machine, ...healthy });
    await this.world.settle();
    for (const slot of this.declared.keys()) {
      const stored = this.stack.resources.get(slot)?.state.onDestroy;
      // A "keep" that the last up has not stored would be too late for what this up replaces.
      if (stored === "delete") await this.verify({ do: "change", slot, to: { onDestroy: "delete" } });
    }
    if (this.isExportLost(await this.world.points())) await this.verify({ do: "undeclareExport" });
    await this.untilTrue("up");
    await this.verify({ do: "refresh" });
    await this.untilTrue("up");
    await this.untilTrue("destroy");
    // What was begun under a name that no state holds is known to nobody but a resource of that name.
    for (const [urn, begun] of this.begun) {
      if (!(await this.world.records()).some((record) => record.urn === urn)) continue;
      await this.once("up", () => this.operate("up", this.run(), new Map([["begun", begun]])));
      await this.untilTrue("destroy");
    }
    await this.fail(await this.leftProblems());
  }

  async close(): Promise<void> {
    this.world.scene.close();
  }

  /** At the end. */
  private async leftProblems(): Promise<string[]> {
    const found = (await this.world.points())
      .filter(({ id }) => !isAccountedFor(this, id))
      .map(({ id, machine }) => `the point ${id} of ${machine} is left`);
    const listed = await this.world.points();
    for (const { urn, entries } of (await this.world.records()).filter((record) => !this.staleNames.has(record.urn))) {
      for (const { referencePointId, attempt } of entries)
        if (!listed.some(({ id }) => id === referencePointId) && attempt === undefined) found.push(`the record of ${urn} is left`);
    }
    const halves = (await this.world.filesOfRecords()).filter((file) => file.endsWith(".tmp"));
    return [...found, ...halves.map((file) => `${file} is left`)];
  }

  private async untilTrue(operation: "up" | "destroy"): Promise<void> {
    await this.once(operation, () => this.operate(operation, this.run()));
  }

  private async once(name: "up" | "destroy", work: () => Promise<Outcome>): Promise<void> {
    for (let tried = 1; ; tried++) {
      const outcome = await work();
      await this.fail(await alwaysProblems(this));
      if (outcome.ok) return;
      const errors = [...outcome.results.values()].flatMap(({ error }) => error ?? []);
      if (this.declaredExport !== undefined && errors.some(({ code }) => code === "reference-point-in-use")) {
        // What the export needs stays for as long as it is declared.
        this.declaredExport = undefined;
        continue;
      }
      const isOvertaken = errors.every(({ code }) => code === "superseded");
      if (!isOvertaken || tried === MOST_OVERTAKEN)
        throw new Error(`with a healthy host, ${name} does not succeed: ${errors.map(({ message }) => message).join("\n")}`);
    }
  }

  private async verify(step: Step): Promise<void> {
    await this.fail([...(await this.act(step)), ...(await alwaysProblems(this))]);
  }

  private async fail(problems: readonly string[]): Promise<void> {
    if (problems.length > 0) throw new Error(problems.join("\n"));
  }

  private async act(step: Step): Promise<string[]> {
    const { world, declared } = this;
    const { lab } = world.scene;
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
      case "declareExport":
        return this.declareExport(step.base);
      case "undeclareExport":
        this.declaredExport = undefined;
        return [];
      case "up":
      case "refresh":
      case "destroy":
        return this.operation(step.do, this.run());
      case "kill":
        return this.operation(step.during, this.run(new DeathAtCall(step)));
      case "foreignPoint":
        if (step.byJob) await world.makeForeignPoint(step.machine);
        else await world.addForeignPoint(step.machine);
        return [];
      case "foreignPointGoes": {
        const [first] = (await world.points()).filter(({ id }) => world.foreign.has(id));
        if (first) await world.destroyPoint(first.id);
        return [];
      }
      case "pointGoes": {
        const id = this.pointOf(step.slot);
        if ((await world.points()).some((point) => point.id === id)) await world.destroyPoint(id ?? "");
        return [];
      }
      case "machine": {
        const { machine, backup, replica } = step;
        this.conditions.set(machine, { backup, replica });
        await lab.configureMachine({ virtualMachine: machine, guestBackup: backup, replica });
        return [];
      }
      case "faultOn":
        this.hasFaults = true;
        await lab.setFaults([step.fault]);
        return [];
      case "faultsOff":
        this.hasFaults = false;
        await lab.clearFaults();
        return [];
    }
  }

  private pointOf(slot: Slot): string | undefined {
    const id = this.stack.resources.get(slot)?.state.referencePointId;
    return typeof id === "string" ? id : undefined;
  }

  private async declareExport(base: Slot): Promise<string[]> {
    const { world } = this;
    const id = this.pointOf(base);
    const point = (await world.points()).find((one) => one.id === id);
    if (point === undefined) return [];
    const given = {
      host: { kind: "simulator", directory: world.scene.labDirectory },
      virtualMachine: point.machine,
      referencePoint: await world.addForeignPoint(point.machine),
      baseReferencePoint: point.id,
      exportDirectory: world.scene.at("exports", EXPORT),
      timeouts: world.scene.timeouts,
      createUrn: "urn:pulumi:dev::model::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::e",
    };
    this.declaredExport = { kind: "export", given };
    return [];
  }

  private run(death?: DeathAtCall): ProviderRun {
    if (death) this.onKill();
    return new ProviderRun(this.world.scene.lab.directory, death);
  }

  private program(): Map<string, Declared> {
    const program = new Map<string, Declared>();
    for (const [slot, { machine, consistency, onDestroy, trigger, name }] of this.declared) {
      const given = {
        host: { kind: "simulator", directory: this.world.scene.labDirectory },
        virtualMachine: machine,
        consistency,
        onDestroy,
        timeouts: this.world.scene.timeouts,
        ...(trigger > 0 && { triggers: [trigger] }),
        createUrn: `urn:pulumi:dev::model::pulumi-nodejs:dynamic/hyperv:ReferencePoint::${slot}-${name}`,
      };
      program.set(slot, { kind: "point", given });
    }
    if (this.declaredExport) program.set(EXPORT, this.declaredExport);
    return program;
  }

  private async operation(name: Operation, run: ProviderRun): Promise<string[]> {
    const before = await this.world.points();
    const inUse = this.stack.kept.some(({ kind }) => kind === "export");
    const outcome = await this.operate(name, run);
    if (outcome.isKilled) return [];
    const problems = this.failureProblems(name, outcome, { before, after: await this.world.points() }, inUse);
    if (name !== "up" || !outcome.ok || problems.length > 0) return problems;
    return upProblems(this, this.declared, outcome);
  }

  private async operate(name: Operation, run: ProviderRun, program = this.program()): Promise<Outcome> {
    const before = [...this.stack.resources, ...this.stack.pendingDeletes.map(({ name: of, kept }) => [of, kept] as const)];
    this.operations += 1;
    const { stack } = this;
    if (name === "destroy" && !stack.kept.some(({ kind }) => kind === "export")) {
      for (const { state } of stack.kept) if (typeof state.referencePointId === "string") this.world.given.add(state.referencePointId);
    }
    const work = name === "up" ? stack.up(run, program) : name === "refresh" ? stack.refresh(run) : stack.destroy(run);
    const outcome = await inTime(work, LONGEST_OPERATION_MS);
    await run.close();
    this.said.push(...run.said);
    for (const [of, { kind, state }] of before) {
      const urn = program.get(of)?.given.createUrn;
      if (outcome.results.get(of)?.deeds.includes("gone")) this.staleNames.add(String(state.createUrn));
      if (name === "up" && kind === "point" && urn !== undefined && urn !== state.createUrn) this.staleNames.add(String(urn));
    }
    for (const [, { state }] of before) {
      const id = state.referencePointId;
      if (state.onDestroy === "keep" && typeof id === "string" && name !== "refresh") this.left.add(id);
    }
    if (name === "up") {
      for (const slot of slots) {
        const declared = program.get(slot);
        if (declared && !stack.resources.has(slot)) this.begun.set(String(declared.given.createUrn), declared);
      }
    }
    return outcome;
  }

  /** Why an operation that nobody disturbed may fail all the same. */
  private failureProblems(name: Operation, { results }: Outcome, listed: Listings, inUse: boolean): string[] {
    if (this.hasFaults) return [];
    return [...results].flatMap(([of, { error }]) => {
      if (error === undefined || error.code === "superseded") return [];
      const declared = this.declared.get(of as Slot);
      const { backup, replica } = (declared && this.conditions.get(declared.machine)) ?? healthy;
      const allowed = [
        ...(backup === "works" ? [] : ["guest-backup-off", "not-application-consistent"]),
        ...(replica ? ["replica"] : []),
        ...(name === "up" && declared?.onDestroy === "keep" ? ["kept-too-late"] : []),
        ...(inUse || this.stack.resources.has(EXPORT) ? ["reference-point-in-use"] : []),
        ...(this.isExportLost(listed.before) ? ["reference-point-not-found", "base-reference-point-not-found"] : []),
        // What a killed destroy has sent may take a point away between our look and our call.
        ...(this.isExportLost(listed.after) ? ["method-refused"] : []),
      ];
      return allowed.includes(error.code) ? [] : [`${of}: ${error.during} failed for no reason: ${error.message}`];
    });
  }

  /** Whether the export's points have gone, so that it cannot be made any more. */
  private isExportLost(listed: readonly { id: string }[]): boolean {
    const { referencePoint, baseReferencePoint } = this.declaredExport?.given ?? {};
    return (
      this.declaredExport !== undefined && ![referencePoint, baseReferencePoint].every((id) => listed.some((point) => point.id === id))
    );
  }
}
