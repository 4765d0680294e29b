import type { GenerationCondition } from "../generation/condition";
import type { Generation } from "../generation/generation";
import { type Keep, type KeepReason, removalOrder, staying } from "./retention";

/**
 * Labels of the generations that retention removes, in the order in which they may go. The rules choose among those that can be restored.
 * What cannot be is not removed before its time all the same: a person may still save something of it.
 */
export function going(
  generations: readonly Generation[],
  conditions: ReadonlyMap<string, GenerationCondition>,
  keep: Keep | undefined,
  timeZone: string,
): string[] {
  if (keep === undefined) return [];
  return removalOrder(generations, reasonsToStay(generations, conditions, keep, timeZone));
}

/** Those that no rule chooses, and that stay since another one that stays needs them: with the oldest of these. */
export function keptForOthers(
  generations: readonly Generation[],
  conditions: ReadonlyMap<string, GenerationCondition>,
  keep: Keep | undefined,
  timeZone: string,
): { readonly label: string; readonly neededBy: string }[] {
  if (keep === undefined) return [];
  const places = new Map(generations.map(({ label }, index) => [label, index]));
  const reasons = reasonsToStay(generations, conditions, keep, timeZone);
  return generations.flatMap(({ label }) => {
    const own = reasons.get(label) ?? [];
    const needing = own.flatMap((reason) => (typeof reason === "string" ? [] : [reason.neededBy]));
    const [neededBy] = needing.sort((one, other) => (places.get(one) ?? 0) - (places.get(other) ?? 0));
    return neededBy === undefined || needing.length < own.length ? [] : [{ label, neededBy }];
  });
}

function reasonsToStay(
  generations: readonly Generation[],
  conditions: ReadonlyMap<string, GenerationCondition>,
  keep: Keep,
  timeZone: string,
): Map<string, KeepReason[]> {
  const restorable = generations.filter(({ label }) => conditions.get(label) === "intact");
  const reasons = staying(generations, keep, timeZone);
  for (const [label, others] of staying(restorable, keep, timeZone)) reasons.set(label, [...(reasons.get(label) ?? []), ...others]);
  return reasons;
}
