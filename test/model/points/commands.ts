import fc from "fast-check";
import type { Fault, HostMethod } from "../../../provider/host/simulator/index";
import { type DeathPoint, deathPoint } from "../in-process/death-at-call";

export const slots = ["p", "q"] as const;
/** A ReferencePoint of the program. */
export type Slot = (typeof slots)[number];

export const machines = ["SQL01", "WEB01"] as const;
export type Machine = (typeof machines)[number];

/** What the program says of a point, in the model's own words. */
export interface Declaration {
  readonly machine: Machine;
  readonly consistency: "application" | "crash" | "application-if-possible";
  readonly onDestroy: "delete" | "keep";
  readonly trigger: number;
  /** How the program calls the resource now; another one is an alias of the one before. */
  readonly name: "first" | "second";
}

const row = {
  machine: fc.constantFrom<Machine>("SQL01", "SQL01", "WEB01"),
  consistency: fc.constantFrom("application" as const, "application" as const, "crash" as const, "application-if-possible" as const),
  onDestroy: fc.constantFrom("delete" as const, "delete" as const, "delete" as const, "keep" as const),
  trigger: fc.integer({ min: 0, max: 3 }),
  name: fc.constantFrom("first" as const, "second" as const),
};

/** How a host makes points, for a whole sequence. */
export type Manner = "by a job" | "listed late" | "at once";

export type Operation = "up" | "refresh" | "destroy";

export type Step =
  | { readonly do: "declare"; readonly slot: Slot; readonly as: Declaration }
  | { readonly do: "change"; readonly slot: Slot; readonly to: Partial<Declaration> }
  | { readonly do: "undeclare"; readonly slot: Slot }
  /** The differences since a slot's point, at a point that another tool makes. */
  | { readonly do: "declareExport"; readonly base: Slot }
  | { readonly do: "undeclareExport" }
  | { readonly do: Operation }
  | ({ readonly do: "kill"; readonly during: Operation } & DeathPoint)
  /** Another tool makes a point: of which a job tells, as of ours, or none. */
  | { readonly do: "foreignPoint"; readonly machine: Machine; readonly byJob: boolean }
  | { readonly do: "foreignPointGoes" }
  /** Another tool destroys the slot's point. */
  | { readonly do: "pointGoes"; readonly slot: Slot }
  | { readonly do: "machine"; readonly machine: Machine; readonly backup: "works" | "fallsBack" | "fails"; readonly replica: boolean }
  | { readonly do: "faultOn"; readonly fault: Fault }
  | { readonly do: "faultsOff" };

const slot = fc.constantFrom<Slot>(...slots);
const machine = fc.constantFrom<Machine>(...machines);
const change = fc.oneof(
  ...Object.entries(row).map(
    ([name, values]) => fc.record({ [name]: values as fc.Arbitrary<unknown> }) as fc.Arbitrary<Partial<Declaration>>,
  ),
);

const method = fc.constantFrom<HostMethod>("createReferencePoints", "destroyReferencePoints", "findPointJobs", "poll", "replaceTextFiles");
/** Those that a call about a point can meet, once each. */
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ fault: fc.constant("connectionLostBefore" as const), method, count: fc.constant(1) }),
  fc.record({ fault: fc.constant("connectionLostAfter" as const), method, count: fc.constant(1) }),
  fc.record({ fault: fc.constant("returnCode" as const), code: fc.constantFrom(32768, 32770, 32775), count: fc.constant(1) }),
  fc.record({
    fault: fc.constant("jobFails" as const),
    atPercent: fc.constantFrom(0, 50, 100),
    errorCode: fc.constantFrom(32768, 32770, 32775),
    count: fc.constant(1),
  }),
  fc.record({ fault: fc.constant("jobTerminated" as const), atPercent: fc.constantFrom(0, 100), count: fc.constant(1) }),
  fc.record({ fault: fc.constant("jobVanishes" as const), atPercent: fc.constantFrom(0, 100), count: fc.constant(1) }),
) as fc.Arbitrary<Fault>;

/** The calls of an up that replaces both points and makes the export. */
const MOST_CALLS = 60;

const weighted: readonly (readonly [number, fc.Arbitrary<Step>])[] = [
  [8, fc.record({ do: fc.constant("declare" as const), slot, as: fc.record(row) })],
  [14, fc.record({ do: fc.constant("change" as const), slot, to: change })],
  [2, fc.record({ do: fc.constant("undeclare" as const), slot })],
  [3, fc.record({ do: fc.constant("declareExport" as const), base: slot })],
  [1, fc.constant({ do: "undeclareExport" as const })],
  [22, fc.constant({ do: "up" as const })],
  [5, fc.constant({ do: "refresh" as const })],
  [2, fc.constant({ do: "destroy" as const })],
  [
    16,
    fc
      .tuple(fc.constantFrom<Operation>("up", "up", "up", "up", "refresh", "destroy"), deathPoint(MOST_CALLS))
      .map(([during, point]) => ({ do: "kill" as const, during, ...point })),
  ],
  [5, fc.record({ do: fc.constant("foreignPoint" as const), machine, byJob: fc.boolean() })],
  [2, fc.constant({ do: "foreignPointGoes" as const })],
  [2, fc.record({ do: fc.constant("pointGoes" as const), slot })],
  [
    2,
    fc.record({
      do: fc.constant("machine" as const),
      machine,
      backup: fc.constantFrom("works" as const, "works" as const, "fallsBack" as const, "fails" as const),
      replica: fc.constantFrom(false, false, true),
    }),
  ],
  [3, fc.record({ do: fc.constant("faultOn" as const), fault })],
  [4, fc.constant({ do: "faultsOff" as const })],
];

export const step: fc.Arbitrary<Step> = fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
