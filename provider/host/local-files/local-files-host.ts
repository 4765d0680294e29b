import type { PathStyle } from "../../domain/paths/path-rules";
import { type Host, HostError, type PollAnswer, type PollRequest } from "../port";
import { LocalFiles } from "./local-files";
import { localPathStyle } from "./local-paths";

/** This machine as a place where exports lie: no Hyper-V is asked, and none is needed. Every verb that is not about files is `unusable`. */
export class LocalFilesHost extends LocalFiles implements Host {
  readonly pathStyle: PathStyle = localPathStyle;
  readonly configurationWrittenLast = false;
  readonly recordsDirectory = withoutHyperV;
  readonly prepare = withoutHyperV;
  readonly inspect = withoutHyperV;
  readonly findVirtualMachines = withoutHyperV;
  readonly listVirtualMachines = withoutHyperV;
  readonly listReferencePoints = withoutHyperV;
  readonly exportReferencePoints = withoutHyperV;
  readonly createReferencePoints = withoutHyperV;
  readonly destroyReferencePoints = withoutHyperV;
  readonly findPointJobs = withoutHyperV;
  readonly listCheckpoints = withoutHyperV;
  readonly createCheckpoints = withoutHyperV;
  readonly exportCheckpoints = withoutHyperV;
  readonly convertCheckpoints = withoutHyperV;
  readonly removeCheckpoints = withoutHyperV;
  readonly findCheckpointJobs = withoutHyperV;
  readonly findExportJobs = withoutHyperV;
  readonly terminateJobs = withoutHyperV;
  readonly createTestMachines = withoutHyperV;
  readonly removeTestMachines = withoutHyperV;
  readonly readInstances = withoutHyperV;

  /** Nothing but its files is asked of it, so nobody needs to tell it apart. */
  async machineId(): Promise<undefined> {
    return undefined;
  }

  imagine(): void {}

  async poll({ jobs, pointJobs = [], checkpointJobs = [], tasks }: PollRequest): Promise<PollAnswer> {
    if (jobs.length + pointJobs.length + checkpointJobs.length > 0) return withoutHyperV();
    return { jobs: [], pointJobs: [], checkpointJobs: [], tasks: this.taskStates(tasks) };
  }
}

function withoutHyperV(): Promise<never> {
  return Promise.reject(new HostError("unusable", "Only the files of this machine are looked at; no Hyper-V is asked."));
}
