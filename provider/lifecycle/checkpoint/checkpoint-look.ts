import { sameId } from "../../domain/hyperv/same-id";
import type { Checkpoint, CheckpointJob, ListedCheckpointJobs, MachineCheckpoints } from "../../host/port";
import type { Operation } from "../session/operation";
import { patiently } from "../session/retry/patiently";

/** The machine as errors name it, and by its GUID. */
export interface OfMachine {
  readonly virtualMachineId: string;
  readonly virtualMachineName: string;
}

export function listCheckpoints(operation: Operation, { virtualMachineId, virtualMachineName }: OfMachine): Promise<MachineCheckpoints> {
  const ask = () => operation.host.listCheckpoints(virtualMachineId);
  return operation.ask("list the checkpoints", virtualMachineName, ask);
}

export async function checkpointById(operation: Operation, machine: OfMachine, checkpointId: string): Promise<Checkpoint | undefined> {
  const { checkpoints } = await listCheckpoints(operation, machine);
  return checkpoints.find(({ id }) => sameId(id, checkpointId));
}

/** Jobs about a machine's checkpoints, and what the host's clock shows: by it checkpoints and jobs go. */
export function listCheckpointJobs(
  operation: Operation,
  { virtualMachineId, virtualMachineName }: OfMachine,
): Promise<ListedCheckpointJobs> {
  const ask = () => operation.host.findCheckpointJobs(virtualMachineId);
  return patiently(operation, "look for jobs about checkpoints", virtualMachineName, ask);
}

export async function checkpointJobsOf(operation: Operation, machine: OfMachine): Promise<readonly CheckpointJob[]> {
  return (await listCheckpointJobs(operation, machine)).jobs;
}

export async function hostTimeOf(operation: Operation, machine: OfMachine): Promise<string> {
  return (await listCheckpointJobs(operation, machine)).hostTime;
}

/** Bytes of the files that a machine writes into because of a checkpoint: what grows until it is gone. Undefined where nobody can tell. */
export function bytesWrittenSince({ disks }: MachineCheckpoints, checkpoint: Checkpoint): number | undefined {
  const held = new Set(checkpoint.disks.map(({ instanceId }) => instanceId.toLowerCase()));
  const own = disks.filter(({ instanceId }) => held.has(instanceId.toLowerCase()));
  if (own.some(({ bytes }) => bytes === undefined)) return undefined;
  return own.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
}
