import type { ChainGeneration, ChainRecord, GenerationAttempt } from "../../../domain/export-chain/chain-record";
import { byLabel, knownLineOf } from "../../../domain/export-chain/generation/generation";
import type { ExportTarget } from "../../../domain/records/export-target";
import type { LinePosition } from "../../../domain/records/restore-facts";
import type { ExportState } from "../../../domain/reference-point-export/outputs";
import { createExport } from "../../operations/create";
import { UnfinishedExport } from "../../operations/unfinished-export";
import { type Chaining, type ExportOfChain, exportInputsOf } from "../record/chaining";
import { isOccupied, Occupied } from "./occupied";

export type Plan = NonNullable<GenerationAttempt["plan"]>;

/** A generation whose point is known and whose files are whole: only the record does not list it yet. */
export interface Made {
  readonly attempt: GenerationAttempt & { readonly plan: Plan };
  readonly state: ExportState;
  readonly consistency: ChainGeneration["consistency"];
}

/**
 * The finished export of a generation below the chain's directory.
 *
 * @param resolve finds what is to be exported, where the arguments do not tell
 */
export async function exportedGeneration(
  chaining: Chaining,
  of: ExportOfChain,
  exportId: string,
  resolve?: () => Promise<ExportTarget>,
  disksToExport?: readonly string[],
): Promise<ExportState> {
  // The disks are those of the plan, whatever the program asks for by now: what it continues holds no others.
  const { disksToExport: _, ...inputsNow } = exportInputsOf(chaining, of);
  const inputs = { ...inputsNow, ...(disksToExport && { disksToExport }) };
  try {
    return await createExport(chaining.operation, chaining.queue, inputs, exportId, resolve, linePositionIn(chaining.file.record));
  } catch (failure) {
    const isBegun = failure instanceof UnfinishedExport;
    const error = isBegun ? failure.reason : failure;
    throw isOccupied(error) ? new Occupied(error, isBegun) : error;
  }
}

export function baseOf({ generations }: ChainRecord, { base }: Plan): ChainGeneration | undefined {
  return base === undefined ? undefined : generations.find(({ label }) => label === base);
}

/** The point that the generation continues, of an earlier one or of somebody else. */
export function basePointOf(record: ChainRecord, plan: Plan): string | undefined {
  return plan.baseReferencePointId ?? baseOf(record, plan)?.referencePointId;
}

/** Where the generation that is under way stands in its line. */
function linePositionIn(record: ChainRecord): LinePosition | undefined {
  const base = record.attempt?.plan && baseOf(record, record.attempt.plan);
  if (base === undefined) return undefined;
  const { label: directory, referencePointId, checkpointId = referencePointId, manifestSha256 } = base;
  return {
    position: knownLineOf(base, byLabel(record.generations)).length + 1,
    parent: { directory, referencePointId: checkpointId, manifestSha256 },
  };
}
