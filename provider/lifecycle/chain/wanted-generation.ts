import type { ChainRecord } from "../../domain/export-chain/chain-record";
import { hasLabel, newestOf } from "../../domain/export-chain/chain-record";
import { asksForGeneration, type Known } from "../../domain/export-chain/demand";
import { labelOf } from "../../domain/export-chain/due";
import type { GenerationCondition } from "../../domain/export-chain/generation/condition";
import { isSameLabel } from "../../domain/export-chain/generation/label";
import type { Chaining } from "./record/chaining";

/** A newest generation that cannot be restored is followed by another one at once. */
export function isGenerationWanted(
  { operation, inputs, file }: Omit<Chaining, "queue">,
  conditions: ReadonlyMap<string, GenerationCondition>,
): boolean {
  const newest = newestOf(file.record);
  if (newest && conditions.get(newest.label) !== "intact") return true;
  return asksForGeneration(inputs, knownBy(file.record), new Date(operation.clock.date()));
}

function knownBy(record: ChainRecord): Known {
  return {
    newest: newestOf(record)?.madeAt,
    has: (label) => hasLabel(record, label) || isSameLabel(record.labelMade ?? "", label),
    triggersSha256: record.triggersSha256,
  };
}

/** What it is to be called. */
export function labelAsked({ operation, inputs: { generation } }: Omit<Chaining, "queue">): string {
  return typeof generation === "string" ? generation : labelOf(new Date(operation.clock.date()));
}
