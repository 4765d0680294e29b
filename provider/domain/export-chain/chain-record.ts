import { z } from "zod";
import { sameId } from "../hyperv/same-id";
import { type CheckpointAttempt, checkpointAttempt } from "../records/method-attempts/checkpoint-attempt";
import { pointAttempt } from "../records/method-attempts/point-attempt";
import { parseRecord } from "../records/record-file";
import type { Parsed } from "../values/parsed";
import { type FullReason, fullReasons } from "./generation/generation-plan";
import { isRecordedLabel, isSameLabel } from "./generation/label";

export const chainFormat = "hyperv-reference-point-export/chain";

const label = z.string().refine(isRecordedLabel, "is no label");
const moment = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "is no moment");
const reason = z.enum(Object.keys(fullReasons) as [FullReason, ...FullReason[]]);

const pointKey = z.object({ virtualMachineId: z.string().min(1), referencePointId: z.string().min(1) });

/** A finished generation. Its own claim and manifest lie in its directory; this vouches for the manifest. */
export const chainGeneration = z.object({
  label,
  /** What the program called it: another word than `label` where a generation of that name was there and damaged. */
  asked: label,
  exportId: z.string().min(1).max(100),
  madeAt: moment,
  kind: z.enum(["full", "differential"]),
  base: label.optional(),
  baseManifestSha256: z.string().optional(),
  /** What it continues, where that is a point of somebody else's. */
  baseReferencePointId: z.string().min(1).optional(),
  /** Why it is a full one. */
  reason: reason.optional(),
  virtualMachineId: z.string().min(1),
  referencePointId: z.string().min(1),
  /** Where it was made by a checkpoint: the one that has become the point. Its own claim and manifest name that. */
  checkpointId: z.string().min(1).optional(),
  consistency: z.enum(["application", "crash", "unknown"]),
  diskIds: z.array(z.string()),
  manifestSha256: z.string(),
  bytes: z.number().int().nonnegative(),
});

export type ChainGeneration = z.infer<typeof chainGeneration>;

/** A generation that is being made. What is written here before a step lets the next run go on from it. */
const generationAttempt = z.object({
  label,
  asked: label,
  exportId: z.string().min(1).max(100),
  startedAt: moment,
  virtualMachineId: z.string().min(1),
  virtualMachineName: z.string(),
  /** Known once the point is. */
  plan: z
    .object({
      kind: z.enum(["full", "differential"]),
      base: label.optional(),
      baseReferencePointId: z.string().min(1).optional(),
      reason: reason.optional(),
      diskIds: z.array(z.string()),
      /** The same, where the program has named them; else every disk of the point is exported. */
      disksToExport: z.array(z.string()).optional(),
    })
    .optional(),
  /** What it has written is being removed, and it is begun anew or given up: nothing of its export counts any more. */
  discarding: z.boolean().optional(),
  /** Of the triggers that it was begun with. */
  triggersSha256: z.string().optional(),
  point: pointAttempt.optional(),
  /** Of a generation by a checkpoint, from before it is made until it is gone. `point` is then what it is converted to. */
  checkpoint: checkpointAttempt.optional(),
});

export type GenerationAttempt = z.infer<typeof generationAttempt>;

/** The file that makes a directory a chain's own: claim and list at once, so that no kill can leave the two at odds. */
const chainRecord = z
  .object({
    format: z.literal(chainFormat),
    version: z.literal(1),
    chainId: z.string().min(1).max(100),
    owner: z.object({ urn: z.string(), project: z.string(), stack: z.string(), resource: z.string() }),
    /** The URN under which every generation's own claim stands, whatever the resource is called by now: a rename changes one file. */
    generationOwner: z.string().min(1),
    /** Where the record lies: a copy of it elsewhere claims nothing. */
    canonicalPath: z.string().min(1),
    claimedAt: moment,
    /** How a generation is made. */
    via: z.enum(["checkpoint", "referencePoint"]),
    virtualMachineId: z.string().min(1),
    virtualMachineName: z.string(),
    /** What a day is, for the rules of retention, where the program does not say. */
    timeZone: z.string(),
    /** Given up by a destroy with onDestroy "keep". */
    released: z.boolean().optional(),
    /** Of the triggers that the newest generation was made with. */
    triggersSha256: z.string().optional(),
    /** The declared label once a generation of it has been made: none is made again, also after retention has let that one go. */
    labelMade: label.optional(),
    /** In the order in which they were made. */
    generations: z.array(chainGeneration).refine(areNamedOnce, "names a generation twice"),
    /** Points that this chain has made and has not destroyed yet. No other point is ever destroyed. */
    points: z.array(pointKey),
    /** Generations that retention has decided to remove, in that order: no longer part of the chain. */
    removing: z.array(chainGeneration),
    attempt: generationAttempt.optional(),
  })
  .refine(({ generations }) => isInOrder(generations), "names a base that does not come before");

export type ChainRecord = z.infer<typeof chainRecord>;
export type ChainPoint = ChainRecord["points"][number];

export function newestOf({ generations }: Pick<ChainRecord, "generations">): ChainGeneration | undefined {
  return generations.at(-1);
}

/** Whether a generation is there that the program has called so, or that is. */
export function hasLabel({ generations }: Pick<ChainRecord, "generations">, label: string): boolean {
  return generations.some((generation) => [generation.asked, generation.label].some((name) => isSameLabel(name, label)));
}

/** Points of ours that neither the newest generation nor an unfinished one needs: the next base is always the newest. */
export function unneededPoints(record: Pick<ChainRecord, "generations" | "points" | "attempt">): ChainPoint[] {
  const needed = [newestOf(record)?.referencePointId, record.attempt?.point?.referencePointId];
  return record.points.filter(({ referencePointId }) => !needed.some((id) => id !== undefined && sameId(id, referencePointId)));
}

/** The checkpoint of ours that stands, or may stand: none once it is converted. */
export function standingCheckpoint({ attempt }: Pick<ChainRecord, "attempt">): CheckpointAttempt | undefined {
  return attempt?.point?.referencePointId === undefined ? attempt?.checkpoint : undefined;
}

/** Never throws, whatever the text. */
export function parseChainRecord(text: string): Parsed<ChainRecord> {
  return parseRecord(chainRecord, text);
}

function areNamedOnce(generations: readonly ChainGeneration[]): boolean {
  return new Set(generations.map(({ label }) => label.toLowerCase())).size === generations.length;
}

/** A base that is not listed any more is the damage of a hand, and is reported; one that comes later is nonsense. */
function isInOrder(generations: readonly ChainGeneration[]): boolean {
  const places = new Map(generations.map(({ label }, index) => [label, index]));
  return generations.every(({ base }, index) => base === undefined || (places.get(base) ?? -1) < index);
}
