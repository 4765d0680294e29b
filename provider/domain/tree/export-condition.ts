import { conditionsOf, generationConditions, type OwnCondition, type TiedGeneration } from "../export-chain/generation/condition";
import { byLabel, knownLineOf } from "../export-chain/generation/generation";

/** What a look without a state can say of an export. Only what is called intact can be restored beyond doubt, as far as was looked. */
export const exportConditions = {
  ...generationConditions,
  incomplete: "It was begun and not finished: nothing can be restored from it.",
  unknown: "Nobody can tell: it could not be read, or what it continues is not among what was looked at.",
} as const;

export type ExportCondition = keyof typeof exportConditions;

/** What a look at its own directory tells, without what it continues. */
export type SeenCondition = OwnCondition | "incomplete" | "unknown";

/**
 * How each export stands with all that it continues.
 *
 * @param exports in the order in which they were made; the label is whatever tells them apart
 * @param unlisted what an export is whose base is not among them: a chain lists all that it has, a folder may hold only a part
 */
export function conditionsWithBases(
  exports: readonly TiedGeneration[],
  own: ReadonlyMap<string, SeenCondition>,
  unlisted: "baseMissing" | "unknown",
): Map<string, ExportCondition> {
  const known = byLabel(exports);
  const ownOf = (label: string) => own.get(label) ?? "gone";
  const tied = conditionsOf(exports, new Map(exports.map(({ label }) => [label, asOwn(ownOf(label))])));
  return new Map(
    exports.map((one) => {
      const itself = ownOf(one.label);
      if (itself !== "intact") return [one.label, itself];
      const line = knownLineOf(one, known);
      const below = line.slice(1).map(({ label }) => ownOf(label));
      const isOpen = line.at(-1)?.base !== undefined;
      const isLost = below.some((condition) => condition !== "intact" && condition !== "unknown");
      if (!isLost && isOpen) return [one.label, unlisted];
      if (!isLost && below.includes("unknown")) return [one.label, "unknown"];
      return [one.label, tied.get(one.label) ?? "gone"];
    }),
  );
}

function asOwn(condition: SeenCondition): OwnCondition {
  return condition === "intact" || condition === "gone" ? condition : "damaged";
}

/** Whether something is known to be lost; of what is unknown nobody can say so. */
export function isLoss(condition: ExportCondition): boolean {
  return condition !== "intact" && condition !== "unknown";
}
