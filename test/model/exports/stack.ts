import { type Properties, ProviderFailure, type ProviderProcess } from "../../engine/provider-process";
import { type Slot, slots } from "./declaration";
import type { ProviderPool } from "./provider-pool";

/** What the engine keeps of a resource. */
export interface Kept {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** A partial create or update: the next up updates, whatever diff says. A refresh forgets it. */
  readonly initErrors: boolean;
}

export type Step = "same" | "create" | "update" | "delete" | "read" | "gone";

/** How an operation went for one resource: the steps that ended well, then how it stopped short, if it did. */
export interface Result {
  readonly steps: Step[];
  /** The step that stopped it, and why: an error, or the death of the provider, of which nobody knows how far it came. */
  stopped?: { readonly step: Step; readonly failure?: string };
  /** What diff says of the refreshed state: whether refresh shows anything. */
  drift?: boolean;
}

export interface Operation {
  readonly results: ReadonlyMap<Slot, Result>;
  readonly ok: boolean;
}

/**
 * One stack, kept as Pulumi's engine keeps it: what a call returned is stored, a call that never returned leaves the state as it was,
 * a partial create is stored, the old half of a replacement is deleted at the end, and nothing is deleted after a failure.
 */
export class Stack {
  readonly resources = new Map<Slot, Kept>();
  readonly pendingDeletes: { readonly slot: Slot; readonly kept: Kept }[] = [];
  private results = new Map<Slot, Result>();
  /** One provider process an operation: what is called after its death is lost, too. */
  private provider: ProviderProcess | undefined;

  constructor(private readonly providers: ProviderPool) {}

  up(program: ReadonlyMap<Slot, Properties>): Promise<Operation> {
    return this.operation(async () => {
      await Promise.all([...program].map(([slot, given]) => this.step(slot, () => this.register(slot, given))));
      if (this.stopped()) return;
      await this.deleteAll((slot) => !program.has(slot));
    });
  }

  destroy(): Promise<Operation> {
    return this.operation(() => this.deleteAll(() => true));
  }

  refresh(): Promise<Operation> {
    return this.operation(async () => {
      await Promise.all([...this.resources].map(([slot, kept]) => this.step(slot, () => this.read(slot, kept))));
    });
  }

  private async operation(work: () => Promise<void>): Promise<Operation> {
    this.results = new Map();
    this.provider = this.providers.current;
    await work();
    return { results: this.results, ok: !this.stopped() };
  }

  private stopped(): boolean {
    return [...this.results.values()].some((result) => result.stopped !== undefined);
  }

  private result(slot: Slot): Result {
    const known = this.results.get(slot) ?? { steps: [] };
    this.results.set(slot, known);
    return known;
  }

  /** What fails is the resource's; a fault of this stand-in is not. */
  private async step(slot: Slot, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      this.result(slot).stopped ??= error.how;
    }
  }

  private async register(slot: Slot, given: Properties): Promise<void> {
    const old = this.resources.get(slot);
    const { inputs, failures } = await this.call("same", (provider) => provider.check(given, old?.inputs));
    if (failures.length > 0) throw new Error(`check refused: ${failures.map(({ reason }) => reason).join("; ")}`);
    if (old === undefined) return this.create(slot, inputs);
    const { changes, replaces, deleteBeforeReplace } = await this.call("same", (provider) => provider.diff(old.id, old.outputs, inputs));
    if (replaces.length > 0 && deleteBeforeReplace) {
      await this.delete(slot, old);
      this.resources.delete(slot);
      return this.create(slot, inputs);
    }
    if (replaces.length > 0) return this.create(slot, inputs, old);
    if (changes || old.initErrors) return this.update(slot, old, inputs);
    this.resources.set(slot, { ...old, inputs });
    this.result(slot).steps.push("same");
  }

  private async create(slot: Slot, inputs: Properties, replaced?: Kept): Promise<void> {
    const keep = (kept: Kept) => {
      if (replaced) this.pendingDeletes.push({ slot, kept: replaced });
      this.resources.set(slot, kept);
    };
    const made = await this.call(
      "create",
      (provider) => provider.create(inputs),
      (partial) => keep({ id: partial.id, inputs, outputs: partial.properties, initErrors: true }),
    );
    keep({ id: made.id, inputs, outputs: made.properties, initErrors: false });
    this.result(slot).steps.push("create");
  }

  private async update(slot: Slot, old: Kept, inputs: Properties): Promise<void> {
    const outputs = await this.call(
      "update",
      (provider) => provider.update(old.id, old.outputs, inputs),
      (partial) => this.resources.set(slot, { ...old, outputs: partial.properties, initErrors: true }),
    );
    this.resources.set(slot, { id: old.id, inputs, outputs, initErrors: false });
    this.result(slot).steps.push("update");
  }

  private async read(slot: Slot, kept: Kept): Promise<void> {
    const found = await this.call("read", (provider) => provider.read(kept.id, kept.outputs));
    this.result(slot).steps.push(found ? "read" : "gone");
    if (!found) this.resources.delete(slot);
    else {
      const { changes } = await this.call("read", (provider) => provider.diff(kept.id, found.properties, kept.inputs));
      this.result(slot).drift = changes;
      this.resources.set(slot, { ...kept, outputs: found.properties, inputs: found.inputs ?? kept.inputs, initErrors: false });
    }
  }

  private async delete(slot: Slot, kept: Kept): Promise<void> {
    await this.call("delete", (provider) => provider.delete(kept.id, kept.outputs));
    this.result(slot).steps.push("delete");
  }

  private async deleteAll(which: (slot: Slot) => boolean): Promise<void> {
    const pending = [...this.pendingDeletes].map((one) =>
      this.step(one.slot, async () => {
        await this.delete(one.slot, one.kept);
        this.pendingDeletes.splice(this.pendingDeletes.indexOf(one), 1);
      }),
    );
    const live = slots.flatMap((slot) => {
      const kept = this.resources.get(slot);
      if (kept === undefined || !which(slot)) return [];
      return [
        this.step(slot, async () => {
          await this.delete(slot, kept);
          this.resources.delete(slot);
        }),
      ];
    });
    await Promise.all([...pending, ...live]);
  }

  private async call<T>(
    step: Step,
    ask: (provider: ProviderProcess) => Promise<T>,
    keepPartial?: (partial: NonNullable<ProviderFailure["partial"]>) => void,
  ): Promise<T> {
    const provider = this.provider;
    if (provider === undefined) throw new Error("No operation is under way.");
    try {
      return await ask(provider);
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      if (error.partial) {
        keepPartial?.(error.partial);
        throw new Stopped({ step, failure: error.message });
      }
      if (/^ *Code: [a-z-]+$/m.test(error.message)) throw new Stopped({ step, failure: error.message });
      if (this.providers.isKilled(provider)) throw new Stopped({ step });
      throw new Error(`The provider answered without a code: ${error.message}`);
    }
  }
}

class Stopped extends Error {
  constructor(readonly how: NonNullable<Result["stopped"]>) {
    super();
  }
}
