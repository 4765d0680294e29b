import { HostError } from "../../port";
import { type Generation, Generations } from "../state/generations";
import type { LabState } from "../state/lab-state";
import { defaultState } from "./default-lab";

/** Returns the state unchanged (the same object) when there is nothing to write; throws to change nothing. */
export type Change<T> = (state: LabState) => { readonly state: LabState; readonly result: T };

interface Waiting {
  readonly run: (state: LabState) => LabState;
  readonly settle: (error?: unknown) => void;
}

/** Reads and changes of one lab. Changes that wait for each other in this process share one generation. */
export class Store {
  private readonly generations: Generations;
  private readonly waiting: Waiting[] = [];
  private draining = false;
  private imagined = false;

  constructor(private readonly labDirectory: string) {
    this.generations = new Generations(labDirectory);
  }

  /** The state now. */
  async read(): Promise<LabState> {
    const found = this.generations.read();
    return found === undefined && this.imagined ? defaultState() : this.requireLab(found).state;
  }

  /** From now on a lab that is not there reads as the one that {@link Store.create} would make. Nothing is made. */
  imagine(): void {
    this.imagined = true;
  }

  /** Makes a lab of this state where there is none; leaves one that is there. Nothing else does: a look or a change makes no lab. */
  async create(state: LabState = defaultState()): Promise<void> {
    if (!this.generations.read()) await this.generations.publish(undefined, state);
  }

  /** The state now, or undefined when the lab was removed. */
  peek(): LabState | undefined {
    return this.generations.read()?.state;
  }

  change<T>(change: Change<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let result: T;
      this.waiting.push({
        run: (state) => {
          const changed = change(state);
          result = changed.result;
          return changed.state;
        },
        settle: (error) => (error === undefined ? resolve(result) : reject(error)),
      });
      if (!this.draining) void this.drain();
    });
  }

  /** A lab that a slip or a missing volume has made anew would call every export gone. */
  private requireLab(found: Generation | undefined): Generation {
    if (found) return found;
    throw new HostError("unreachable", `There is no simulated lab in ${this.labDirectory}.`, {
      path: this.labDirectory,
      isLasting: true,
      remedy:
        "Check the host's directory, and that its volume is mounted. Where there was none yet, the create of an export makes the lab.",
    });
  }

  private async drain(): Promise<void> {
    this.draining = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0);
      try {
        await this.commit(group);
      } catch (error) {
        for (const one of group) one.settle(error);
      }
    }
    this.draining = false;
  }

  private async commit(group: readonly Waiting[]): Promise<void> {
    for (let attempt = 0; attempt < 10_000; attempt++) {
      const base = this.requireLab(this.generations.read());
      const failures = new Map<Waiting, unknown>();
      let state = base.state;
      for (const one of group) {
        try {
          state = one.run(state);
        } catch (error) {
          failures.set(one, error);
        }
      }
      if (state === base.state || (await this.generations.publish(base, state))) {
        for (const one of group) one.settle(failures.get(one));
        return;
      }
    }
    throw new HostError("damagedState", "Other processes change this lab so often that a change found no turn.");
  }
}
