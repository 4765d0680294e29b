import { declaredValues } from "../../../provider/domain/declared-values";
import { isExportError } from "../../../provider/domain/errors/export-error";
import { chainProperties } from "../../../provider/domain/export-chain/properties";
import { declaredPoint } from "../../../provider/domain/reference-point/declared-point";
import { declaredInputs } from "../../../provider/domain/reference-point-export/declared-inputs";
import { type Checked, type Stored, Unfinished, type Voice } from "../../../provider/lifecycle/door";
import { never } from "./death-at-call";
import type { ProviderRun } from "./provider-run";

type Properties = Readonly<Record<string, unknown>>;

/** In the order in which a program's resources need each other. */
const kinds = ["point", "export", "chain"] as const;
export type ResourceKind = (typeof kinds)[number];

/** A resource as the program says it. */
export interface Declared {
  readonly kind: ResourceKind;
  readonly given: Properties;
}

/** What the engine keeps of a resource. */
export interface Kept {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly state: Properties;
}

export type Deed = "same" | "create" | "update" | "delete" | "read" | "gone";

/** How an operation went for one resource: what was done, then the code and text of the error that ended it. */
export interface Result {
  readonly deeds: Deed[];
  error?: { readonly during: Deed; readonly code: string; readonly message: string };
}

export interface Outcome {
  readonly results: ReadonlyMap<string, Result>;
  /** It ended, and nothing failed. */
  readonly ok: boolean;
  readonly isKilled: boolean;
}

interface AnyDoor {
  check(raw: Properties): Checked;
  diff(stored: Stored, inputs: Properties, voice: Voice): Promise<Difference>;
  create(inputs: Properties, voice: Voice): Promise<Properties>;
  read(stored: Stored, voice: Voice): Promise<Properties | undefined>;
  update(stored: Stored, inputs: Properties, voice: Voice): Promise<Properties>;
  delete(stored: Stored, voice: Voice): Promise<void>;
}

interface Difference {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** Of each kind, what the front knows: the arguments with their defaults, and the id of a state. */
const fronts: Readonly<Record<ResourceKind, { readonly declared: (given: Properties) => Properties; readonly id: string }>> = {
  point: { declared: declaredPoint, id: "recordId" },
  export: { declared: declaredInputs, id: "exportId" },
  chain: { declared: (given) => declaredValues(chainProperties, given), id: "chainId" },
};

/**
 * One stack, kept as Pulumi's engine keeps it, by doors within this process: what a call returned is stored, a call that never returned
 * leaves the state as it was, a partial create is stored, the old half of a replacement is deleted at the end, and nothing is deleted
 * after a failure.
 */
export class Stack {
  readonly resources = new Map<string, Kept>();
  readonly pendingDeletes: { readonly name: string; readonly kept: Kept }[] = [];

  up(run: ProviderRun, program: ReadonlyMap<string, Declared>): Promise<Outcome> {
    return this.operation(run, async (results) => {
      for (const kind of kinds) {
        const due = [...program].filter(([, declared]) => declared.kind === kind);
        await Promise.all(
          due.map(([name, declared]) => step(run, result(results, name), () => this.register(run, results, name, declared))),
        );
      }
      if (hasFailed(results)) return;
      await this.deleteAll(run, results, (name) => !program.has(name));
    });
  }

  destroy(run: ProviderRun): Promise<Outcome> {
    return this.operation(run, (results) => this.deleteAll(run, results, () => true));
  }

  refresh(run: ProviderRun): Promise<Outcome> {
    return this.operation(run, async (results) => {
      await Promise.all(
        [...this.resources].map(([name, kept]) => step(run, result(results, name), () => this.read(run, results, name, kept))),
      );
    });
  }

  /** All that the engine keeps, the old halves of replacements included. */
  get kept(): Kept[] {
    return [...this.resources.values(), ...this.pendingDeletes.map(({ kept }) => kept)];
  }

  private async operation(run: ProviderRun, work: (results: Map<string, Result>) => Promise<void>): Promise<Outcome> {
    const results = new Map<string, Result>();
    const ended = work(results).then(() => false);
    const isKilled = await (run.death ? Promise.race([ended, run.death.moment.then(() => true)]) : ended);
    return { results, ok: !isKilled && !hasFailed(results), isKilled };
  }

  private async register(run: ProviderRun, results: Map<string, Result>, name: string, { kind, given }: Declared): Promise<void> {
    const door = doorOf(run, kind);
    const { failures } = door.check(given);
    if (failures.length > 0) throw new Error(`check refused: ${failures.map(({ error }) => error.message).join("; ")}`);
    const inputs = fronts[kind].declared(given);
    const old = this.resources.get(name);
    if (old === undefined) return this.create(run, results, name, kind, inputs);
    const { changes, replaces, deleteBeforeReplace } = await called(run, "same", () => door.diff(storedOf(old), inputs, run.voice));
    if (replaces.length > 0 && deleteBeforeReplace) {
      await this.delete(run, results, name, old);
      this.resources.delete(name);
      return this.create(run, results, name, kind, inputs);
    }
    if (replaces.length > 0) return this.create(run, results, name, kind, inputs, old);
    if (changes) {
      const state = await called(run, "update", () => door.update(storedOf(old), inputs, run.voice));
      this.resources.set(name, keptOf(kind, state));
      result(results, name).deeds.push("update");
    } else result(results, name).deeds.push("same");
  }

  private async create(
    run: ProviderRun,
    results: Map<string, Result>,
    name: string,
    kind: ResourceKind,
    inputs: Properties,
    replaced?: Kept,
  ): Promise<void> {
    const keep = (state: Properties) => {
      if (replaced) this.pendingDeletes.push({ name, kept: replaced });
      this.resources.set(name, keptOf(kind, state));
    };
    keep(await called(run, "create", () => doorOf(run, kind).create(inputs, run.voice), keep));
    result(results, name).deeds.push("create");
  }

  private async read(run: ProviderRun, results: Map<string, Result>, name: string, kept: Kept): Promise<void> {
    const state = await called(run, "read", () => doorOf(run, kept.kind).read(storedOf(kept), run.voice));
    result(results, name).deeds.push(state ? "read" : "gone");
    if (state) this.resources.set(name, keptOf(kept.kind, state));
    else this.resources.delete(name);
  }

  private async delete(run: ProviderRun, results: Map<string, Result>, name: string, kept: Kept): Promise<void> {
    await called(run, "delete", () => doorOf(run, kept.kind).delete(storedOf(kept), run.voice));
    result(results, name).deeds.push("delete");
  }

  /** What needs others goes before them. */
  private async deleteAll(run: ProviderRun, results: Map<string, Result>, which: (name: string) => boolean): Promise<void> {
    for (const kind of [...kinds].reverse()) {
      const pending = this.pendingDeletes.filter(({ kept }) => kept.kind === kind);
      const live = [...this.resources].filter(([name, kept]) => kept.kind === kind && which(name));
      await Promise.all([
        ...pending.map((one) =>
          step(run, result(results, one.name), async () => {
            await this.delete(run, results, one.name, one.kept);
            this.pendingDeletes.splice(this.pendingDeletes.indexOf(one), 1);
          }),
        ),
        ...live.map(([name, kept]) =>
          step(run, result(results, name), async () => {
            await this.delete(run, results, name, kept);
            this.resources.delete(name);
          }),
        ),
      ]);
    }
  }
}

function doorOf(run: ProviderRun, kind: ResourceKind): AnyDoor {
  return run.doors[kind] as unknown as AnyDoor;
}

/** State is text between two runs. */
function keptOf(kind: ResourceKind, state: Properties): Kept {
  const text = JSON.parse(JSON.stringify(state)) as Properties;
  return { kind, id: String(text[fronts[kind].id]), state: text };
}

function storedOf({ id, state }: Kept): Stored {
  return { id, properties: state };
}

function result(results: Map<string, Result>, name: string): Result {
  const known = results.get(name) ?? { deeds: [] };
  results.set(name, known);
  return known;
}

function hasFailed(results: ReadonlyMap<string, Result>): boolean {
  return [...results.values()].some(({ error }) => error !== undefined);
}

class Stopped extends Error {
  constructor(readonly how: NonNullable<Result["error"]>) {
    super(how.message);
  }
}

/** What fails is the resource's; a fault of this stand-in is not. */
async function step(run: ProviderRun, known: Result, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    known.error ??= error.how;
    run.said.push(error.message);
  }
}

/** Nobody hears the answer of a process that is dead. */
async function called<T>(run: ProviderRun, during: Deed, ask: () => Promise<T>, keepPartial?: (state: Properties) => void): Promise<T> {
  try {
    const answer = await ask();
    return run.isDead ? never() : answer;
  } catch (error) {
    if (run.isDead) return never();
    const isPartial = error instanceof Unfinished;
    if (isPartial) keepPartial?.(error.state as Properties);
    const reason: unknown = isPartial ? error.reason : error;
    if (!isExportError(reason)) throw error;
    throw new Stopped({ during, code: reason.code, message: reason.message });
  }
}
