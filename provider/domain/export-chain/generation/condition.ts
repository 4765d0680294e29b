import type { Generation } from "./generation";

/** What a refresh can say of a generation. What cannot be restored, or not without doubt, is never called intact. */
export const generationConditions = {
  intact: "All that a restore of it needs is there, as it was made.",
  damaged: "Its own files or its manifest are not what they were.",
  gone: "Its directory is not there.",
  baseMissing: "It is intact, but a generation that it continues is gone.",
  baseChanged: "It is intact, but a generation that it continues is not what it was when this one was made.",
} as const;

export type GenerationCondition = keyof typeof generationConditions;

/** What a look at its own directory tells. */
export type OwnCondition = "intact" | "damaged" | "gone";

/** A generation with its manifest's digest, and that of its base's at the time. */
export interface TiedGeneration extends Generation {
  readonly manifestSha256: string;
  readonly baseManifestSha256?: string | undefined;
}

/** @param generations in the order in which they were made: a base comes before what continues it */
export function conditionsOf(
  generations: readonly TiedGeneration[],
  own: ReadonlyMap<string, OwnCondition>,
): Map<string, GenerationCondition> {
  const conditions = new Map<string, GenerationCondition>();
  const digests = new Map<string, string>();
  for (const { label, base, manifestSha256, baseManifestSha256 } of generations) {
    const itself = own.get(label) ?? "gone";
    conditions.set(label, itself !== "intact" || base === undefined ? itself : onTopOf(conditions.get(base)));
    if (conditions.get(label) === "intact" && base !== undefined && digests.get(base) !== baseManifestSha256)
      conditions.set(label, "baseChanged");
    digests.set(label, manifestSha256);
  }
  return conditions;
}

function onTopOf(base: GenerationCondition | undefined): GenerationCondition {
  if (base === "intact") return "intact";
  return base === undefined || base === "gone" || base === "baseMissing" ? "baseMissing" : "baseChanged";
}
