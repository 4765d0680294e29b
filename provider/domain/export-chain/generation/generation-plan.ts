import { hasId, sameId, sameIds } from "../../hyperv/same-id";
import { byLabel, type Generation, lineOf } from "./generation";

/** Why a generation is made in full. */
export const fullReasons = {
  first: "it is the chain's first generation",
  machineReplaced: "another virtual machine has the name now",
  fullEvery: "the chain has as many generations as fullEvery says",
  basePointGone: "the reference point of the generation before it is gone",
  disksChanged: "the machine's disks are others than the generation before it has",
  previousDamaged: "the generation before it cannot be restored",
  baseOutside: "the generation before it continues a point of no generation",
} as const;

export type FullReason = keyof typeof fullReasons;

/** Those that tell of a loss: `onLostBase` says what is to be done then. */
const losses: ReadonlySet<FullReason> = new Set(["machineReplaced", "basePointGone", "previousDamaged"]);

export function isLoss(reason: FullReason): boolean {
  return losses.has(reason);
}

export type GenerationPlan =
  | { readonly kind: "full"; readonly reason: FullReason }
  | { readonly kind: "differential"; readonly base: string }
  /** It continues no generation but a point that was named. */
  | { readonly kind: "differential"; readonly base?: undefined; readonly baseReferencePointId: string };

/** What is known of a generation that is to become a base. */
export interface PossibleBase extends Generation {
  readonly virtualMachineId: string;
  readonly referencePointId: string;
  /** The point that it continues, where that is of no generation of the chain. */
  readonly baseReferencePointId?: string | undefined;
  /** Instance ids of the disks that it holds. */
  readonly diskIds: readonly string[];
  /** Whether its own files were intact when last looked at. */
  readonly intact: boolean;
}

export interface PlanCircumstances {
  /** All complete generations, in the order in which they were made. */
  readonly generations: readonly PossibleBase[];
  /** Generations of one line, the full one included: at least 1. */
  readonly fullEvery: number;
  /** GUID of the machine that is to be exported now. */
  readonly virtualMachineId: string;
  /** Ids of the machine's reference points that the host lists now. */
  readonly pointsThere: readonly string[];
  /** Instance ids of the disks that are to be exported now. */
  readonly diskIds: readonly string[];
}

/** Whether the next generation is a full one. */
export function planGeneration({ generations, fullEvery, virtualMachineId, pointsThere, diskIds }: PlanCircumstances): GenerationPlan {
  const previous = generations.at(-1);
  if (previous === undefined) return { kind: "full", reason: "first" };
  if (!sameId(previous.virtualMachineId, virtualMachineId)) return { kind: "full", reason: "machineReplaced" };
  const line = lineOf(previous, byLabel(generations));
  if (line === undefined || !line.every(({ intact }) => intact)) return { kind: "full", reason: "previousDamaged" };
  if (line.length >= fullEvery) return { kind: "full", reason: "fullEvery" };
  if (line.some(({ baseReferencePointId }) => baseReferencePointId !== undefined)) return { kind: "full", reason: "baseOutside" };
  if (!sameIds(previous.diskIds, diskIds)) return { kind: "full", reason: "disksChanged" };
  if (!hasId(pointsThere, previous.referencePointId)) return { kind: "full", reason: "basePointGone" };
  return { kind: "differential", base: previous.label };
}
