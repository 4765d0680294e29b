import type { ChainRecord } from "../export-chain/chain-record";
import { isSameLabel } from "../export-chain/generation/label";
import type { ChainInputs } from "../export-chain/properties";
import { normaliseReferencePointId } from "../hyperv/guid";
import { CHAIN_TYPE, CHECKPOINT_EXPORT_TYPE } from "../records/owner-text";
import { containsUnknown } from "../values/unknown-value";
import type { CheckpointExportInputs } from "./properties";

type Known = Readonly<Record<string, unknown>>;

/** What the directory with the files is called, below the export's own; that of a later export has "-2" behind it. */
export const EXPORT_LABEL = "export";

/**
 * The chain that an export by a checkpoint is: one generation, made anew when what it continues or a trigger is another. So the steps
 * that lose and double nothing are the chain's, and a new export is whole before the old one goes.
 */
export function chainOfOne(inputs: CheckpointExportInputs): ChainInputs {
  return chainPropertiesOf({ ...inputs }) as unknown as ChainInputs;
}

/** The same of what the engine has kept: arguments, and what the last look has told. */
export function chainPropertiesOf({ exportDirectory, baseReferencePoint, triggers, ...alike }: Known): Record<string, unknown> {
  const base = wholeId(baseReferencePoint);
  return {
    ...alike,
    ...(exportDirectory !== undefined && { directory: exportDirectory }),
    ...(base !== undefined && { baseReferencePoint: base }),
    ...(base === undefined ? triggers !== undefined && { triggers } : { triggers: [{ baseReferencePoint: base }, triggers ?? []] }),
    via: "checkpoint",
    generation: EXPORT_LABEL,
    fullEvery: 1,
    keep: { last: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    onLostBase: "full",
  };
}

/** Whether the chain is a CheckpointExport's, by its resource's URN. */
export function isChainOfOne({ createUrn }: Pick<ChainInputs, "createUrn">): boolean {
  return isOfType(createUrn, CHECKPOINT_EXPORT_TYPE);
}

/** Whether a record lists what an ExportChain has made: an export's retention would remove all of it but the newest. */
export function holdsNights({
  generations,
  generationOwner,
  attempt,
}: Pick<ChainRecord, "generations" | "generationOwner" | "attempt">): boolean {
  const isBegunAsChain = isOfType(generationOwner, CHAIN_TYPE) && generations.length > 1;
  return isBegunAsChain || [...generations, ...(attempt ? [attempt] : [])].some(({ asked }) => !isSameLabel(asked, EXPORT_LABEL));
}

/** urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME. */
function isOfType(urn: string, type: string): boolean {
  return urn.split("::")[2]?.endsWith(type) ?? false;
}

/** One point is written in several ways. */
function wholeId(point: unknown): unknown {
  if (typeof point !== "string" || containsUnknown(point)) return point;
  const parsed = normaliseReferencePointId(point);
  return parsed.ok ? parsed.value : point;
}
