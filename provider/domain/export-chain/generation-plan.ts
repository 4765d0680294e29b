import { byLabel, type Generation, lineOf } from "./generation";

/** Why a generation is made in full. */
export const fullReasons = {
  first: "it is the chain's first generation",
  fullEvery: "the chain has as many generations as fullEvery says",
  basePointGone: "the reference point of the generation before it is gone",
  disksChanged: "the machine's disks are others than the generation before it has",
  previousDamaged: "the generation before it cannot be restored",
} as const;

export type FullReason = keyof typeof fullReasons;

export type GenerationPlan =
  | { readonly kind: "full"; readonly reason: FullReason }
  | { readonly kind: "differential"; readonly base: string };

/** What is known of a generation that is to become a base. */
export interface PossibleBase extends Generation {
  readonly referencePointId: string;
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
  /** Ids of the machine's reference points that the host lists now. */
  readonly pointsThere: ReadonlySet<string>;
  /** Instance ids of the disks that are to be exported now. */
  readonly diskIds: readonly string[];
}

/** Whether the next generation is a full one. */
export function planGeneration({ generations, fullEvery, pointsThere, diskIds }: PlanCircumstances): GenerationPlan {
  const previous = generations.at(-1);
  if (previous === undefined) return { kind: "full", reason: "first" };
  const line = lineOf(previous, byLabel(generations));
  if (line === undefined || !line.every(({ intact }) => intact)) return { kind: "full", reason: "previousDamaged" };
  if (line.length >= fullEvery) return { kind: "full", reason: "fullEvery" };
  if (!sameSet(previous.diskIds, diskIds)) return { kind: "full", reason: "disksChanged" };
  if (!pointsThere.has(previous.referencePointId)) return { kind: "full", reason: "basePointGone" };
  return { kind: "differential", base: previous.label };
}

function sameSet(some: readonly string[], others: readonly string[]): boolean {
  const set = new Set(some);
  return set.size === new Set(others).size && others.every((other) => set.has(other));
}
