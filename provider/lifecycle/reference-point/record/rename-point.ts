import type { Operation } from "../../session/operation";
import { KeptRecord } from "./kept-record";

/** A resource that has got another URN keeps its entry under that: it is written there first, and then goes where it was. */
export async function renamePoint(operation: Operation, recordId: string, before: string, now: string): Promise<void> {
  if (before === now || before === "" || now === "") return;
  const old = await KeptRecord.open(operation, before);
  const entry = old.entryOf(recordId);
  if (entry === undefined) return;
  const record = await KeptRecord.open(operation, now);
  if (record.entryOf(recordId) === undefined) await record.put(entry);
  await old.remove(recordId);
}
