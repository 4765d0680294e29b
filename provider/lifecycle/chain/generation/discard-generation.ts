import type { ChainRecord, GenerationAttempt } from "../../../domain/export-chain/chain-record";
import { deleteExport } from "../../operations/delete";
import { type Chaining, exportInputsOf } from "../record/chaining";

/**
 * Removes what an unfinished generation has written: it is nobody's backup. The record says so first, if there is room for it: what is to
 * be removed may be what fills the volume. A run that was stopped may have been overtaken by one that has finished the very same export:
 * it is refused there, and removes nothing.
 */
export async function discardExport(chaining: Chaining): Promise<void> {
  const attempt = requireAttempt(chaining.file.record);
  if (!attempt.discarding) await chaining.file.changeIfRoom({ attempt: { ...attempt, discarding: true } });
  const { label, virtualMachineId, exportId, point } = attempt;
  const inputs = exportInputsOf(chaining, { label, virtualMachineId, referencePointId: point?.referencePointId ?? "" });
  await deleteExport(chaining.operation, { ...inputs, exportId, status: "incomplete", problems: [], warnings: [] });
}

export function requireAttempt({ attempt }: Pick<ChainRecord, "attempt">): GenerationAttempt {
  if (attempt === undefined) throw new TypeError("no generation is under way");
  return attempt;
}
