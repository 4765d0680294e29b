import { isExportError } from "../../domain/errors/export-error";
import { jobOutcome } from "../../domain/hyperv/job-state";
import { formatDuration } from "../../domain/values/duration";
import type { CheckpointJob } from "../../host/port";
import type { Operation } from "../session/operation";
import { checkpointJobsOf, listCheckpoints, type OfMachine } from "./checkpoint-look";

const SHORTEST_LOOK_MS = 100;
const LONGEST_LOOK_MS = 10_000;
/** How long one look may take; the last one goes beyond the limit. A host that does not answer must not hold up an up for an hour. */
const LOOK_LIMIT_MS = 30_000;

/**
 * Watches the merge that follows a conversion, for as long as it may take. Whatever comes of it, the backup is whole.
 *
 * @param limit milliseconds
 * @returns what is worth telling of it; undefined where the disks are merged
 */
export async function watchMerge(operation: Operation, machine: OfMachine, limit: number): Promise<string | undefined> {
  try {
    return await watch(operation, machine, limit);
  } catch (error) {
    if (!isExportError(error) || error.code !== "timed-out") throw error;
    const silence = `the host has not answered within ${formatDuration(LOOK_LIMIT_MS)}`;
    return `Whether the disks of ${machine.virtualMachineName} are merged is not known: ${silence}. The backup is whole; Hyper-V goes on with the merge.`;
  }
}

async function watch(operation: Operation, machine: OfMachine, limit: number): Promise<string | undefined> {
  const { clock } = operation;
  const begun = clock.now();
  for (let wait = SHORTEST_LOOK_MS; ; wait = Math.min(wait * 2, LONGEST_LOOK_MS)) {
    const look = operation.extended(LOOK_LIMIT_MS).limited(LOOK_LIMIT_MS);
    const { isMerging, disks } = await listCheckpoints(look, machine);
    const isDone = !isMerging && disks.every(({ path }) => !isDifference(path));
    if (isDone) return undefined;
    const merges = (await checkpointJobsOf(look, machine)).filter(({ work }) => work === "merge");
    if (!isMerging) return outcomeOf(machine, merges[0]);
    const running = merges.find(({ jobState }) => jobOutcome(jobState) === "running");
    operation.progress(`merging the disks of ${machine.virtualMachineName}${running ? ` ${running.percentComplete} %` : ""}`);
    if (clock.now() - begun >= limit) {
      return `The disks of ${machine.virtualMachineName} were not merged within timeouts.merge = ${formatDuration(limit)}. The backup is whole; Hyper-V goes on with the merge.`;
    }
    await clock.sleep(Math.min(wait, Math.max(begun + limit - clock.now(), 0)));
  }
}

function isDifference(path: string): boolean {
  return path.toLowerCase().endsWith(".avhdx");
}

/** Hyper-V tries a merge that has failed again when the machine is started. */
function outcomeOf({ virtualMachineName }: OfMachine, newest: CheckpointJob | undefined): string | undefined {
  if (newest === undefined || jobOutcome(newest.jobState) === "succeeded") return undefined;
  const why = newest.errorDescription?.replace(/\.$/, "") ?? "the host does not say why";
  return `The disks of ${virtualMachineName} could not be merged: ${why}. The backup is whole, but the machine goes on writing into files that grow. Free what holds its disk files, or shut the machine down and start it again: Hyper-V then merges them.`;
}
