import { z } from "zod";
import { hostInput } from "../hosts/host-input";
import { verification } from "../reference-point-export/properties";
import type { Parsed } from "../values/parsed";
import { chainGeneration } from "./chain-record";
import { generationOfLine } from "./generation/generation-line";
import { type FullReason, fullReasons } from "./generation/generation-plan";
import type { ChainState } from "./outputs";
import { chainProperties, chainTimeouts, keep } from "./properties";

const {
  virtualMachine,
  generation,
  fullEvery,
  timeZone,
  consistency,
  ignoreUnsupportedDisks,
  intent,
  disks,
  onLostBase,
  onDestroy,
  onExisting,
} = chainProperties;

/** The state as any version wrote it, or a hand: what is needed must be right, what is missing gets its default. */
const storedState = z.object({
  host: hostInput,
  directory: z.string().min(1),
  virtualMachine: virtualMachine.schema.default(""),
  via: chainProperties.via.schema.default("referencePoint"),
  generation: generation.schema.optional(),
  fullEvery: fullEvery.schema.default(7),
  keep: keep.optional(),
  timeZone: timeZone.schema.optional(),
  consistency: consistency.schema.default("application"),
  ignoreUnsupportedDisks: ignoreUnsupportedDisks.schema.default(false),
  intent: intent.schema.default("preserveChain"),
  disks: disks.schema.optional(),
  verification: verification.default({ level: "size", portion: "1/1" }),
  onLostBase: onLostBase.schema.default("full"),
  onDestroy: onDestroy.schema.default("delete"),
  onExisting: onExisting.schema.default("fail"),
  timeouts: chainTimeouts.default({ create: "6h", stall: "20m", delete: "30m" }),
  triggers: z.array(z.unknown()).optional(),
  baseReferencePoint: z.string().optional(),
  createUrn: z.string().default(""),
  secretInputs: z.array(z.string()).optional(),
  virtualMachineId: z.string().optional(),
  virtualMachineName: z.string().optional(),
  generations: z.array(z.string().refine((line) => generationOfLine(line) !== undefined, "is no generation")).default([]),
  reason: z.enum(Object.keys(fullReasons) as [FullReason, ...FullReason[]]).optional(),
  referencePointId: z.string().optional(),
  newestGeneration: chainGeneration
    .pick({ checkpointId: true, baseReferencePointId: true, consistency: true, manifestSha256: true })
    .optional(),
  status: z.enum(["intact", "damaged", "incomplete"]).default("intact"),
  problems: z.array(z.string()).default([]),
  warnings: z.array(z.string()).default([]),
  hostMachineId: z.string().optional(),
  nextPortion: z.number().int().nonnegative().optional(),
  alteredFiles: z.array(z.string()).optional(),
});

/**
 * Reads what the engine kept of a chain. The id is the chain's identity, whatever the properties say. The reason names the property and
 * never repeats a value.
 */
export function parseStoredChain(id: string, properties: Readonly<Record<string, unknown>>): Parsed<ChainState> {
  const parsed = storedState.safeParse(properties);
  if (parsed.success) {
    const state = Object.fromEntries(Object.entries({ ...parsed.data, chainId: id }).filter(([, value]) => value !== undefined));
    return { ok: true, value: state as unknown as ChainState };
  }
  const issue = parsed.error.issues[0];
  return { ok: false, reason: `${issue?.path.join(".") || "the state"}: ${issue?.message ?? "not as expected"}` };
}
