import { ExportError, isExportError } from "../../domain/errors/export-error";
import type { CheckpointChange } from "../../host/port";
import { explain, isConnectionFailure, isTransientRefusal } from "../session/host-failure";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { waitAfter } from "../session/retry/wait-after";
import { watchCheckpointJob } from "./checkpoint-job";
import { checkpointById, type OfMachine } from "./checkpoint-look";

const STEP = "remove the recovery checkpoint";

/** A job that vanishes twice in one operation is no accident of the host's job list. */
const VANISHINGS = 2;

export interface CheckpointToRemove extends OfMachine, CheckpointChange {
  /** timeouts.stall. */
  readonly stall: string;
}

/**
 * Removes one recovery checkpoint, and waits for the end of that, not of the merge. One that is absent is a success: the same may have been
 * done by a run that was killed. Refusals that pass are tried again until the operation's time is over.
 */
export function removeCheckpoint(operation: Operation, queue: MachineQueue, request: CheckpointToRemove): Promise<"removed" | "absent"> {
  const { virtualMachineId, virtualMachineName } = request;
  return queue.take(operation, virtualMachineId, virtualMachineName, () => removeInTurn(operation, request));
}

async function removeInTurn(operation: Operation, request: CheckpointToRemove): Promise<"removed" | "absent"> {
  const { virtualMachineName, checkpointId } = request;
  const subject = `${checkpointId} of ${virtualMachineName}`;
  let vanished = 0;
  for (let tried = 1; ; tried++) {
    const end = await oneTry(operation, request, subject);
    if (end === "removed" || end === "absent") return end;
    if (end !== "vanished" && end.isForNow) {
      await waitAfter(operation, tried, end.error, STEP, subject);
      continue;
    }
    // A job that ends badly may have done its work all the same.
    if ((await checkpointById(operation, request, checkpointId)) === undefined) return "removed";
    if (end !== "vanished") throw end.error;
    const reason = "its job is no longer listed, twice, and the checkpoint is still there";
    if (++vanished === VANISHINGS) throw new ExportError("job-vanished", { step: STEP, subject, reason });
  }
}

type TryEnd = "removed" | "absent" | "vanished" | { readonly error: ExportError; readonly isForNow: boolean };

async function oneTry(
  operation: Operation,
  { virtualMachineId, checkpointId, stall, onlyIf }: CheckpointToRemove,
  subject: string,
): Promise<TryEnd> {
  operation.progress(`removing the checkpoint ${subject}`);
  try {
    const request = { virtualMachineId, checkpointId, ...(onlyIf && { onlyIf }) };
    const start = await operation.withinTime(STEP, subject, operation.host.removeCheckpoint(request));
    if (start.kind !== "job") return start.kind === "absent" ? "absent" : "removed";
    const work = { step: STEP, subject, doing: "removing the checkpoint", stall, condition: () => onlyIf };
    const end = await watchCheckpointJob(operation, start.path, work);
    if (end.kind === "failedForNow") return { error: end.error, isForNow: true };
    return end.kind === "vanished" ? "vanished" : "removed";
  } catch (error) {
    const reason = explain(error, STEP, subject, "DestroySnapshot");
    if (isConnectionFailure(error) || isTransientRefusal(error)) return { error: reason, isForNow: true };
    if (isExportError(error) && endedBadly.has(error.code)) return { error, isForNow: false };
    throw reason;
  }
}

const endedBadly: ReadonlySet<string> = new Set(["job-failed", "job-terminated"]);
