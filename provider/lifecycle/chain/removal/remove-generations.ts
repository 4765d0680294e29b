import type { ChainGeneration } from "../../../domain/export-chain/chain-record";
import { deleteExport } from "../../operations/delete";
import { ignoreFullVolume } from "../../session/host-failure";
import type { Changes } from "../record/chain-file";
import { type Chaining, exportStateOf } from "../record/chaining";

/**
 * Lets generations go, in that order: first from the record, then from the volume.
 *
 * Where the volume is full, the record cannot be written. Then the first one is removed while it is listed still, which makes room for the
 * record; a run that is killed in between leaves a listed one whose directory is gone or not whole, as every look at it tells, and which
 * nothing needs that is left. Whoever asked for it to go asks again.
 *
 * @param going each after all that need it
 * @param also what the record is to say from then on
 * @returns whether the record says so; else they are removed, and listed still
 */
export async function letGo(chaining: Chaining, going: readonly ChainGeneration[], also: Changes = {}): Promise<boolean> {
  const { file } = chaining;
  const goes = new Set(going.map(({ label }) => label));
  const without = file.record.generations.filter(({ label }) => !goes.has(label));
  const { removing } = file.record;
  let isWritten = await file.changeIfRoom({ ...also, generations: without, removing: [...removing, ...going] });
  for (const [index, generation] of going.entries()) {
    if (isWritten) break;
    await remove(chaining, generation);
    isWritten = await file.changeIfRoom({ ...also, generations: without, removing: [...removing, ...going.slice(index + 1)] });
  }
  if (isWritten) await removeGivenUp(chaining);
  return isWritten;
}

/** Removes what the record has given up, in that order: each goes after all that need it. */
export async function removeGivenUp(chaining: Chaining): Promise<void> {
  const { file } = chaining;
  const { removing } = file.record;
  for (const [index, generation] of removing.entries()) {
    await remove(chaining, generation);
    // On a full volume, what has been removed makes room; where it does not, the next up finds nothing left to remove.
    await file.change({ removing: removing.slice(index + 1) }).catch(ignoreFullVolume);
  }
}

async function remove(chaining: Chaining, generation: ChainGeneration): Promise<void> {
  const { operation } = chaining;
  operation.progress(`removing the generation ${generation.label}`);
  await deleteExport(operation, exportStateOf(chaining, generation));
  operation.did(`removed ${generation.label}`);
}
