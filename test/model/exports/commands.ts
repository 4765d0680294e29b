import fc from "fast-check";
import type { Fault } from "../../../provider/host/simulator/index";
import { wholeNumber } from "../../support/environment";
import { type Damage, damage } from "./damage";
import { change, type Declaration, declaration, type Slot, slots } from "./declaration";
import { fault } from "./fault-choice";

export const foreignPlaces = [
  "notes.txt",
  "Virtual Hard Disks/mine.txt",
  "Virtual Machines/notes.xml",
  "own folder/deep/mine.bin",
] as const;

/** What happens next, as plain data: a list of these is a sequence that can be kept and played again. */
export type Step =
  | { readonly do: "declare"; readonly slot: Slot; readonly as: Declaration }
  | { readonly do: "change"; readonly slot: Slot; readonly to: Partial<Declaration> }
  | { readonly do: "undeclare"; readonly slot: Slot }
  | { readonly do: "up" }
  | { readonly do: "refresh" }
  | { readonly do: "destroy" }
  /** Begins an operation and kills the provider after so many milliseconds; `slow`: while the job writes a while. */
  | { readonly do: "kill"; readonly during: "up" | "refresh" | "destroy"; readonly after: number; readonly slow: boolean }
  | { readonly do: "faultOn"; readonly fault: Fault }
  | { readonly do: "faultsOff" }
  | { readonly do: "damage"; readonly slot: Slot; readonly damage: Damage }
  | { readonly do: "removeDirectory"; readonly slot: Slot }
  | { readonly do: "putForeign"; readonly slot: Slot; readonly file: string }
  | { readonly do: "takeForeign"; readonly slot: Slot }
  | { readonly do: "lab"; readonly completion: "job" | "synchronous"; readonly forgetsJobs: boolean };

const slot = fc.constantFrom<Slot>(...slots);

/** Of about a hundred commands so many are kills. Few: each costs the start of a process. */
export const killWeight = wholeNumber("MODEL_KILLS", 1);

const weighted: readonly (readonly [number, fc.Arbitrary<Step>])[] = [
  [10, fc.record({ do: fc.constant("declare" as const), slot, as: declaration })],
  [8, fc.record({ do: fc.constant("change" as const), slot, to: change })],
  [1, fc.record({ do: fc.constant("undeclare" as const), slot })],
  [26, fc.constant({ do: "up" as const })],
  [12, fc.constant({ do: "refresh" as const })],
  [3, fc.constant({ do: "destroy" as const })],
  [
    killWeight,
    fc.record({
      do: fc.constant("kill" as const),
      during: fc.constantFrom("up" as const, "up" as const, "up" as const, "refresh" as const, "destroy" as const),
      after: fc.integer({ min: 0, max: 80 }),
      slow: fc.boolean(),
    }),
  ],
  [6, fc.record({ do: fc.constant("faultOn" as const), fault })],
  [7, fc.constant({ do: "faultsOff" as const })],
  [12, fc.record({ do: fc.constant("damage" as const), slot, damage })],
  [3, fc.record({ do: fc.constant("removeDirectory" as const), slot })],
  [3, fc.record({ do: fc.constant("putForeign" as const), slot, file: fc.constantFrom<string>(...foreignPlaces) })],
  [3, fc.record({ do: fc.constant("takeForeign" as const), slot })],
  [
    2,
    fc.record({
      do: fc.constant("lab" as const),
      completion: fc.constantFrom("job" as const, "synchronous" as const),
      forgetsJobs: fc.boolean(),
    }),
  ],
];

export const step: fc.Arbitrary<Step> = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
