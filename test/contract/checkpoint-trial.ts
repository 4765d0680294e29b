import type {
  Answer,
  Checkpoint,
  CheckpointExportRequest,
  CheckpointJob,
  CheckpointRequest,
  MachineCheckpoints,
} from "../../provider/host/port";
import { value } from "./answers";
import { ExportTrial } from "./export-trial";
import { pause } from "./file-trial";

/** A whole adapter on its stage, with what is asked of checkpoints. */
export class CheckpointTrial extends ExportTrial {
  async checkpointsOf(virtualMachineId: string): Promise<MachineCheckpoints> {
    const [answer] = await this.host.listCheckpoints([virtualMachineId]);
    return value(answer);
  }

  async checkpointJobsOf(virtualMachineId: string): Promise<readonly CheckpointJob[]> {
    const [answer] = await this.host.findCheckpointJobs([virtualMachineId]);
    return value(answer).jobs;
  }

  async madeCheckpoint(virtualMachineId: string, wanted: Partial<CheckpointRequest> = {}): Promise<Checkpoint> {
    const before = (await this.checkpointsOf(virtualMachineId)).checkpoints.map(({ id }) => id);
    const request = { virtualMachineId, consistency: "application", ignoreUnsupportedDisks: false, ...wanted } as const;
    await this.checkpointWorkOver((await this.host.createCheckpoints([request]))[0]);
    const made = (await this.checkpointsOf(virtualMachineId)).checkpoints.filter(({ id }) => !before.includes(id));
    if (made.length !== 1) throw new Error(`${made.length} checkpoints were made`);
    return made[0] as Checkpoint;
  }

  async exported(request: CheckpointExportRequest): Promise<void> {
    const job = await this.checkpointWorkOver((await this.host.exportCheckpoints([request]))[0]);
    if (job !== undefined && job.jobState !== 7) throw new Error(`the export ended in ${job.jobState}`);
  }

  async removed(virtualMachineId: string, checkpointId: string): Promise<void> {
    await this.checkpointWorkOver((await this.host.removeCheckpoints([{ virtualMachineId, checkpointId }]))[0]);
    await this.merged(virtualMachineId);
    const { checkpoints } = await this.checkpointsOf(virtualMachineId);
    if (checkpoints.some(({ id }) => id === checkpointId)) throw new Error(`${checkpointId} is still there`);
  }

  /** Waits until the machine's disks are merged. */
  async merged(virtualMachineId: string): Promise<void> {
    while ((await this.checkpointsOf(virtualMachineId)).isMerging) await pause(20);
  }

  /** Waits until the work of a method is done; undefined where no job tells of it. */
  async checkpointWorkOver(
    answer: Answer<{ readonly kind: string; readonly path?: string }> | undefined,
  ): Promise<CheckpointJob | undefined> {
    const { path } = value(answer);
    return path === undefined ? undefined : this.watchedCheckpointJob(path);
  }

  async watchedCheckpointJob(job: string): Promise<CheckpointJob | undefined> {
    for (;;) {
      const { checkpointJobs } = await this.host.poll({ jobs: [], checkpointJobs: [job], tasks: [] });
      const found = value(checkpointJobs[0]);
      if (!found || ![2, 3, 4].includes(found.jobState)) return found;
      await pause(20);
    }
  }
}
