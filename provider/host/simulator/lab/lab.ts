import * as path from "node:path";
import { FaultFile } from "../faults/fault-file";
import { type Occasion, takeFault } from "../faults/fault-matching";
import type { FaultOf } from "../faults/fault-table";
import type { FaultName } from "../faults/fault-types";
import { Settlement } from "../jobs/settlement";
import { Store } from "./store";

/** What the whole process shares about one lab folder: its state, its faults, and the work on its jobs. */
export class Lab {
  readonly store: Store;
  readonly faults: FaultFile;
  readonly settlement: Settlement;

  constructor(readonly directory: string) {
    this.store = new Store(directory);
    this.faults = new FaultFile(directory);
    this.settlement = new Settlement(this);
  }

  /** Takes the first fitting fault and counts its use, for every process. */
  async take<Name extends FaultName>(names: readonly Name[], occasion: Occasion): Promise<FaultOf<Name> | undefined> {
    const active = this.faults.read();
    if (active.length === 0) return undefined;
    return this.store.change((state) => {
      const taken = takeFault(state, active, names, occasion);
      return { state: taken.state, result: taken.fault };
    });
  }
}

const labs = new Map<string, WeakRef<Lab>>();

/** One Lab a folder and process, so that two users of it do the work of its jobs once; kept as long as somebody uses it. */
export function labAt(directory: string): Lab {
  const resolved = path.resolve(directory);
  const known = labs.get(resolved)?.deref();
  if (known) return known;
  const made = new Lab(resolved);
  labs.set(resolved, new WeakRef(made));
  return made;
}
