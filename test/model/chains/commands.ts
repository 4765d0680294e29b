import fc from "fast-check";
import { type DeathPoint, deathPoint } from "../in-process/death-at-call";

export const slots = ["a", "b"] as const;
/** An ExportChain, the only resource of a stack of its own. */
export type Slot = (typeof slots)[number];

export const machines = ["SQL01", "WEB01"] as const;
export type Machine = (typeof machines)[number];

export const directoryNames = ["one", "two"] as const;
export type DirectoryName = (typeof directoryNames)[number];

/** As a program gives it. */
export type Keep = Partial<Record<"last" | "daily" | "weekly" | "monthly" | "yearly", number>>;

/** What the program says of a chain, in the model's own words. */
export interface Declaration {
  readonly directory: DirectoryName;
  readonly machine: Machine;
  /** For life: a program that changes it is refused. */
  readonly via: "referencePoint" | "checkpoint";
  /** A label for each night, or one generation a day. */
  readonly generation: "named" | "daily";
  readonly fullEvery: number;
  readonly keep?: Keep | undefined;
  readonly disks: "all" | "first";
  readonly verification: "size" | "content";
  readonly onLostBase: "full" | "fail";
  readonly onDestroy: "delete" | "keep";
  readonly onExisting: "fail" | "adopt";
  readonly trigger: number;
  /** How the program calls the resource now; another one is an alias of the one before. */
  readonly name: "first" | "second";
}

const count = fc.integer({ min: 0, max: 3 });
const keep: fc.Arbitrary<Keep | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({ last: fc.integer({ min: 1, max: 4 }) }),
  fc
    .record({ last: count, daily: count, weekly: count, monthly: count, yearly: count })
    .filter((counts) => Object.values(counts).some((each) => each > 0)),
);

const row = {
  directory: fc.constantFrom<DirectoryName>("one", "one", "two"),
  machine: fc.constantFrom<Machine>("SQL01", "SQL01", "WEB01"),
  via: fc.constantFrom("referencePoint" as const, "checkpoint" as const),
  generation: fc.constantFrom("named" as const, "named" as const, "daily" as const),
  fullEvery: fc.integer({ min: 1, max: 4 }),
  keep,
  disks: fc.constantFrom("all" as const, "all" as const, "first" as const),
  verification: fc.constantFrom("size" as const, "content" as const),
  onLostBase: fc.constantFrom("full" as const, "full" as const, "full" as const, "fail" as const),
  onDestroy: fc.constantFrom("delete" as const, "delete" as const, "delete" as const, "keep" as const),
  onExisting: fc.constantFrom("fail" as const, "fail" as const, "adopt" as const),
  trigger: fc.integer({ min: 0, max: 2 }),
  name: fc.constantFrom("first" as const, "second" as const),
};

/** Most chains stay what and where they are. */
const change: fc.Arbitrary<Partial<Declaration>> = fc.oneof(
  ...Object.entries(row).map(([name, values]) => ({
    weight: name === "keep" ? 6 : ["directory", "machine", "via"].includes(name) ? 1 : 2,
    arbitrary: fc.record({ [name]: values as fc.Arbitrary<unknown> }) as fc.Arbitrary<Partial<Declaration>>,
  })),
);

export const damages = ["fileMissing", "fileResized", "fileAltered", "manifestDeleted", "claimDeleted", "gone"] as const;
export type DamageKind = (typeof damages)[number];

/** How a host works, for a whole sequence. */
export type Manner = "by jobs" | "points listed late" | "exports at once" | "without jobs";

export type Operation = "up" | "refresh" | "destroy";

export type Step =
  | { readonly do: "declare"; readonly slot: Slot; readonly as: Declaration }
  | { readonly do: "change"; readonly slot: Slot; readonly to: Partial<Declaration> }
  | { readonly do: "undeclare"; readonly slot: Slot }
  /** Time passes, as long as the clock says, and the machines work. */
  | { readonly do: "night"; readonly hours: number }
  | { readonly do: Operation; readonly slot: Slot }
  /** Two stacks at once. */
  | { readonly do: "together" }
  | ({ readonly do: "kill"; readonly during: Operation; readonly slot: Slot } & DeathPoint)
  | {
      readonly do: "damage";
      readonly slot: Slot;
      readonly damage: DamageKind;
      /** Which generation, and which of its files, counted round. */
      readonly generation: number;
      readonly file: number;
    }
  /** Another tool destroys the point of the newest generation, or of the unfinished one. */
  | { readonly do: "pointGoes"; readonly slot: Slot }
  | { readonly do: "foreignPoint"; readonly machine: Machine }
  /** Another backup product makes a recovery checkpoint, and later removes all of its own. */
  | { readonly do: "foreignCheckpoint"; readonly machine: Machine }
  | { readonly do: "foreignCheckpointsGo" }
  | { readonly do: "diskGoes" }
  | { readonly do: "putForeign"; readonly slot: Slot; readonly place: "chain" | "generation" | "next" }
  | { readonly do: "takeForeign" }
  /** Somebody moves the chain's record away, or all that were moved back. */
  | { readonly do: "recordGoes"; readonly slot: Slot }
  | { readonly do: "recordsReturn" };

const slot = fc.constantFrom<Slot>("a", "a", "b");

/** The calls of an up that makes a generation and lets others go. */
const MOST_CALLS = 90;

const weighted: readonly (readonly [number, fc.Arbitrary<Step>])[] = [
  [7, fc.record({ do: fc.constant("declare" as const), slot, as: fc.record(row) })],
  [10, fc.record({ do: fc.constant("change" as const), slot, to: change })],
  [1, fc.record({ do: fc.constant("undeclare" as const), slot })],
  [22, fc.constant({ do: "night" as const, hours: 24 })],
  [3, fc.record({ do: fc.constant("night" as const), hours: fc.integer({ min: -500, max: 1000 }) })],
  [24, fc.record({ do: fc.constant("up" as const), slot })],
  [5, fc.record({ do: fc.constant("refresh" as const), slot })],
  [1, fc.record({ do: fc.constant("destroy" as const), slot })],
  [2, fc.constant({ do: "together" as const })],
  [
    12,
    fc
      .tuple(fc.constantFrom<Operation>("up", "up", "up", "up", "up", "refresh", "destroy"), slot, deathPoint(MOST_CALLS))
      .map(([during, of, point]) => ({ do: "kill" as const, during, slot: of, ...point })),
  ],
  [
    4,
    fc.record({
      do: fc.constant("damage" as const),
      slot,
      damage: fc.constantFrom(...damages),
      generation: fc.integer({ min: 0, max: 9 }),
      file: fc.integer({ min: 0, max: 5 }),
    }),
  ],
  [2, fc.record({ do: fc.constant("pointGoes" as const), slot })],
  [2, fc.record({ do: fc.constant("foreignPoint" as const), machine: fc.constantFrom<Machine>(...machines) })],
  [1, fc.record({ do: fc.constant("foreignCheckpoint" as const), machine: fc.constantFrom<Machine>(...machines) })],
  [4, fc.constant({ do: "foreignCheckpointsGo" as const })],
  [1, fc.constant({ do: "diskGoes" as const })],
  [
    3,
    fc.record({
      do: fc.constant("putForeign" as const),
      slot,
      place: fc.constantFrom("chain" as const, "generation" as const, "next" as const),
    }),
  ],
  [3, fc.constant({ do: "takeForeign" as const })],
  [1, fc.record({ do: fc.constant("recordGoes" as const), slot })],
  [3, fc.constant({ do: "recordsReturn" as const })],
];

export const step: fc.Arbitrary<Step> = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
