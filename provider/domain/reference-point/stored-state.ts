import { z } from "zod";
import { hostInput } from "../hosts/host-input";
import { timeouts } from "../reference-point-export/properties";
import type { Parsed } from "../values/parsed";
import type { PointState } from "./outputs";
import { pointProperties } from "./properties";

const { virtualMachine, consistency, onDestroy } = pointProperties;

/** The state as any version wrote it, or a hand: what is needed must be right, what is missing gets its default. */
const storedState = z.object({
  host: hostInput,
  virtualMachine: virtualMachine.schema,
  consistency: consistency.schema.default("application"),
  onDestroy: onDestroy.schema.default("delete"),
  timeouts: timeouts.default({ create: "6h", stall: "20m", delete: "30m" }),
  triggers: z.array(z.unknown()).optional(),
  createUrn: z.string().default(""),
  secretInputs: z.array(z.string()).optional(),
  virtualMachineId: z.string().optional(),
  virtualMachineName: z.string().optional(),
  referencePointId: z.string().optional(),
  madeConsistency: z.enum(["application", "crash", "unknown"]).optional(),
  diskIds: z.array(z.string()).optional(),
  createdAt: z.string().optional(),
  status: z.enum(["intact", "incomplete"]).default("intact"),
  problems: z.array(z.string()).default([]),
  hostMachineId: z.string().optional(),
});

/** Reads what the engine kept of a point. The reason names the property and never repeats a value. */
export function parseStoredPoint(id: string, properties: Readonly<Record<string, unknown>>): Parsed<PointState> {
  const parsed = storedState.safeParse(properties);
  if (parsed.success) {
    const known = Object.entries({ ...parsed.data, recordId: id }).filter(([, value]) => value !== undefined);
    return { ok: true, value: Object.fromEntries(known) as unknown as PointState };
  }
  const issue = parsed.error.issues[0];
  return { ok: false, reason: `${issue?.path.join(".") || "the state"}: ${issue?.message ?? "not as expected"}` };
}
