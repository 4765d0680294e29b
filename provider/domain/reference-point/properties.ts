import { z } from "zod";
import type { hostInput } from "../hosts/host-input";
import { internalProperties } from "../internal-properties";
import type { PropertyTable } from "../property-table";
import { exportProperties } from "../reference-point-export/properties";

const { host, virtualMachine, timeouts } = exportProperties;

/** The arguments of ReferencePoint. What both resources take, the export's table says. */
export const pointProperties = {
  host,
  virtualMachine,
  consistency: {
    schema: z.enum(["application", "crash", "application-if-possible"]),
    required: false,
    default: "application",
    type: '"application" | "crash" | "application-if-possible"',
    onChange: "replace",
    onChangeText: "replace when the point is less than what is asked for, else update",
    meaning:
      'Whether the guest writes its data out for the point (ConsistencyLevel). "application": a host that gives only "crash" is an error; "application-if-possible": a warning.',
  },
  onDestroy: {
    schema: z.enum(["delete", "keep"]),
    required: false,
    default: "delete",
    type: '"delete" | "keep"',
    onChange: "update",
    meaning: "Whether destroy destroys the point (DestroyReferencePoint) or leaves it to somebody else.",
  },
  timeouts: {
    ...timeouts,
    meaning: "The longest that create may take, that a job may stand still, and that delete may take.",
  },
  triggers: {
    schema: z.array(z.unknown()).max(1000),
    required: false,
    defaultText: "none",
    type: "unknown[]",
    onChange: "replace",
    meaning: "Any values; a changed one makes a new point, and then destroys the old one.",
  },
  ...internalProperties,
  formerUrns: {
    schema: z.array(z.string()),
    required: false,
    type: "string[]",
    onChange: "nothing",
    internal: true,
    meaning: "What the resource was called before, as far as its aliases say: a create that was killed may have left its record there.",
  },
} as const satisfies PropertyTable;

export type PointPropertyName = keyof typeof pointProperties;

export type Consistency = "application" | "crash" | "application-if-possible";

/** What the program gave, as check has validated it. */
export type PointInputs = {
  readonly host: z.infer<typeof hostInput>;
  readonly virtualMachine: string;
  readonly consistency: Consistency;
  readonly onDestroy: "delete" | "keep";
  readonly timeouts: { readonly create: string; readonly stall: string; readonly delete: string };
  readonly triggers?: readonly unknown[];
  readonly createUrn: string;
  readonly secretInputs?: readonly string[];
  readonly formerUrns?: readonly string[];
};
