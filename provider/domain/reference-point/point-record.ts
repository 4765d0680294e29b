import { z } from "zod";
import { pointAttempt } from "../records/method-attempts/point-attempt";
import { parseRecord } from "../records/record-file";
import type { Parsed } from "../values/parsed";
import { sha256Of } from "../values/sha256";
import type { PointInputs } from "./properties";

/** The record's name in a folder of the resource's own. */
export const POINT_RECORD = "reference-point.claim.json";

/** One point of the resource: the one that is declared, or an old half that is still to be destroyed. */
export const pointEntry = z.object({
  /** The resource's id: whoever knows another one has no say in this point. */
  id: z.string().min(1).max(100),
  virtualMachineId: z.string(),
  virtualMachineName: z.string(),
  /** Of what makes another point of it: {@link digestOfPoint}. */
  digest: z.string(),
  attempt: pointAttempt.optional(),
  referencePointId: z.string().optional(),
  /** ISO 8601. */
  createdAt: z.string().optional(),
});

export type PointEntry = z.infer<typeof pointEntry>;

/** What a host keeps of the points of one resource, until the engine does: who made them, and what a killed run was at. */
export const pointRecord = z.object({
  format: z.literal("pulumi-hyperv-reference-point/points"),
  version: z.literal(1),
  owner: z.object({ urn: z.string(), project: z.string(), stack: z.string(), resource: z.string() }),
  entries: z.array(pointEntry),
});

export type PointRecord = z.infer<typeof pointRecord>;

export function parsePointRecord(text: string): Parsed<PointRecord> {
  return parseRecord(pointRecord, text);
}

/** The folder of a resource's record: any URN is a name that every file system takes. */
export function recordFolderOf(urn: string): string {
  return sha256Of(urn).slice(0, 32);
}

/** Of the machine and of the triggers. A point is found by it again whatever consistency is declared by then: that is looked at anew. */
export function digestOfPoint(virtualMachineId: string, { triggers = [] }: Pick<PointInputs, "triggers">): string {
  return sha256Of(JSON.stringify([virtualMachineId.toUpperCase(), triggers], inOrder)).slice(0, 32);
}

/** The members of an object come in whatever order. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
