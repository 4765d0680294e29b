import type { Attempt, ExportTarget } from "../../domain/records/claim";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { ClaimedDirectory } from "../directory/claim-file";
import type { MachineQueue } from "../session/machine-queue";
import type { Operation } from "../session/operation";
import { runExport, type Step } from "./run-export";

/** One go at writing the files, of which nothing has been done yet. */
export function newAttempt(operation: Operation, target: ExportTarget, subdirectory: string): Attempt {
  const startedAt = new Date(operation.clock.now()).toISOString();
  return { number: 0, subdirectory, state: "prepared", target, knownJobs: [], startedAt, warnings: [] };
}

/** Writes the attempt's files when no other export of the machine is being written by this process. */
export function runExportInQueue(
  operation: Operation,
  queue: MachineQueue,
  directory: ClaimedDirectory,
  attempt: Attempt,
  inputs: ExportInputs,
  first?: Step,
): Promise<Attempt> {
  if (attempt.state === "written") return Promise.resolve(attempt);
  const { virtualMachineId, virtualMachineName } = attempt.target;
  return queue.take(operation, virtualMachineId, virtualMachineName, () =>
    runExport(operation, directory, attempt, inputs.timeouts.stall, first),
  );
}
