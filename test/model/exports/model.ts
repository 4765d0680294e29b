import type { Fault } from "../../../provider/host/simulator/index";
import type { FileDamage, RecordDamage } from "./damage";
import { type Declaration, type Slot, slots, type targetOf } from "./declaration";

/** What the model knows of an export directory. */
export class PlaceModel {
  /** By file, or "claim" and "manifest": what a person has done and no up has mended. */
  readonly damages = new Map<string, FileDamage | RecordDamage>();
  /** A person has removed the directory. */
  gone = false;
  /** An operation on it stopped half way: what is there is no longer known exactly. */
  vague = false;
  /** A create that was killed, or failed, before the engine had a state to keep: only a create of the same resource finds it again. */
  orphan = false;
  /** How many calls of the method the export still needs; undefined: none or one. */
  owed: { readonly target: Target; readonly calls: Calls } | undefined;

  /** A person has taken something away from what was half done: whose the rest is may not be provable any more. */
  meddled = false;
  /** A delete, or the create of another export, stopped half way: what an earlier up has exported may be there or not. */
  unclear = false;

  callsOwed(target: Target): Calls {
    if (this.unclear) return undefined;
    if (this.owed === undefined || this.owed.target.exported !== target.exported) return 1;
    return this.owed.target.asked === target.asked ? this.owed.calls : undefined;
  }

  settle(): void {
    this.damages.clear();
    this.gone = false;
    this.unclear = false;
    this.meddled = false;
    this.vague = false;
    this.orphan = false;
    this.owed = undefined;
  }
}

export type Calls = 0 | 1 | undefined;
export type Target = ReturnType<typeof targetOf>;

/** The small truth that the provider is held against. */
export class Model {
  readonly declared = new Map<Slot, Declaration>();
  /** What the last up that succeeded has made true. */
  readonly applied = new Map<Slot, Declaration>();
  /** Whose directory the other resource has taken meanwhile: its state and what is there have nothing to do with each other. */
  readonly stale = new Set<Slot>();
  private readonly places = new Map<string, PlaceModel>();
  faults: readonly Fault[] = [];
  /** Directories that were ever declared, absolute. */
  readonly directories = new Set<string>();

  place(directory: string): PlaceModel {
    const known = this.places.get(directory) ?? new PlaceModel();
    this.places.set(directory, known);
    return known;
  }

  /** The place is gone, and with it all that was known. */
  forget(directory: string): void {
    this.places.delete(directory);
  }

  /** Directories of which no state knows, or in which nobody can tell whose a file is. */
  unprovable(): string[] {
    return [...this.places].flatMap(([directory, { orphan, meddled }]) => (orphan || meddled ? [directory] : []));
  }
}

export function others(slot: Slot): Slot[] {
  return slots.filter((other) => other !== slot);
}
