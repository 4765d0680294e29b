import { ExportError, isExportError } from "../../../domain/errors/export-error";
import { sameId } from "../../../domain/hyperv/same-id";
import type { DestroyRequest } from "../../../host/port";
import { explain, isConnectionFailure, isTransientRefusal } from "../../session/host-failure";
import type { MachineQueue } from "../../session/machine-queue";
import type { Operation } from "../../session/operation";
import { waitAfter } from "../../session/retry/wait-after";
import { watchPointJob } from "./point-job";

const STEP = "destroy the reference point";

/** A job that vanishes twice in one operation is no accident of the host's job list. */
const VANISHINGS = 2;

export interface PointToDestroy extends DestroyRequest {
  /** The machine as errors name it. */
  readonly virtualMachineName: string;
  /** timeouts.stall. */
  readonly stall: string;
}

/**
 * Destroys one point, and waits for the end of that. A point that is absent is a success: the same may have been done by a run that was
 * killed. Refusals that pass are tried again until the operation's time is over. Several points of a machine take turns.
 */
export function destroyPoint(operation: Operation, queue: MachineQueue, request: PointToDestroy): Promise<"destroyed" | "absent"> {
  const { virtualMachineId, virtualMachineName } = request;
  return queue.take(operation, virtualMachineId, virtualMachineName, () => destroyInTurn(operation, request));
}

/** The same for whoever has the machine's turn already. */
export async function destroyInTurn(operation: Operation, request: PointToDestroy): Promise<"destroyed" | "absent"> {
  const { virtualMachineId, virtualMachineName, referencePointId } = request;
  const subject = `${referencePointId} of ${virtualMachineName}`;
  let vanished = 0;
  for (let tried = 1; ; tried++) {
    const end = await oneTry(operation, request, subject);
    if (end.kind === "destroyed" || end.kind === "absent") return end.kind;
    if (end.kind === "refused") {
      await waitAfter(operation, tried, end.error, STEP, subject);
      continue;
    }
    // A job that ends badly may have done its work all the same.
    if (!(await isListed(operation, virtualMachineId, referencePointId))) return "destroyed";
    if (end.kind === "failed") throw end.error;
    const reason = "its job is no longer listed, twice, and the point is still there";
    if (++vanished === VANISHINGS) throw new ExportError("job-vanished", { step: STEP, subject, reason });
  }
}

type TryEnd =
  | { readonly kind: "destroyed" }
  | { readonly kind: "absent" }
  | { readonly kind: "vanished" }
  /** By the method, or for now. */
  | { readonly kind: "refused"; readonly error: ExportError }
  /** The job has ended for good, and badly. */
  | { readonly kind: "failed"; readonly error: ExportError };

async function oneTry(
  operation: Operation,
  { virtualMachineId, referencePointId, stall, onlyIf }: PointToDestroy,
  subject: string,
): Promise<TryEnd> {
  operation.progress(`destroying ${subject}`);
  try {
    const request = { virtualMachineId, referencePointId, ...(onlyIf && { onlyIf }) };
    const start = await operation.withinTime(STEP, subject, operation.host.destroyReferencePoint(request));
    if (start.kind !== "job") return { kind: start.kind === "absent" ? "absent" : "destroyed" };
    const work = { step: STEP, subject, doing: "destroying the reference point", stall, condition: () => onlyIf };
    const end = await watchPointJob(operation, start.path, work);
    if (end.kind === "failedForNow") return { kind: "refused", error: end.error };
    return { kind: end.kind === "vanished" ? "vanished" : "destroyed" };
  } catch (error) {
    const reason = explain(error, STEP, subject, "DestroyReferencePoint");
    if (isConnectionFailure(error) || isTransientRefusal(error)) return { kind: "refused", error: reason };
    if (isExportError(error) && endedBadly.has(error.code)) return { kind: "failed", error };
    throw reason;
  }
}

const endedBadly: ReadonlySet<string> = new Set(["job-failed", "job-terminated"]);

async function isListed(operation: Operation, virtualMachineId: string, referencePointId: string): Promise<boolean> {
  const listed = await operation.ask("list the reference points", virtualMachineId, () =>
    operation.host.listReferencePoints(virtualMachineId),
  );
  return listed.some(({ id }) => sameId(id, referencePointId));
}
