import { HostError } from "../../port";
import { Generations } from "../state/generations";
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

  constructor(labDirectory: string) {
    this.generations = new Generations(labDirectory);
  }

  /** The state now; that of a new lab where the directory holds none. The first change makes it: who only looks makes nothing. */
  async read(): Promise<LabState> {
    return this.generations.read()?.state ?? defaultState();
  }

  /** Makes a lab of this state where there is none; leaves one that is there. */
  async create(state: LabState): Promise<void> {
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
      const base = this.generations.read();
      const failures = new Map<Waiting, unknown>();
      let state = base?.state ?? defaultState();
      for (const one of group) {
        try {
          state = one.run(state);
        } catch (error) {
          failures.set(one, error);
        }
      }
      const unchanged = base !== undefined && state === base.state;
      if (unchanged || (await this.generations.publish(base, state))) {
        for (const one of group) one.settle(failures.get(one));
        return;
      }
    }
    throw new HostError("damagedState", "Other processes change this lab so often that a change found no turn.");
  }
}
