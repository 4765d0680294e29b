import * as path from "node:path";
import { jobStates } from "../../../domain/hyperv/job-state";
import { success } from "../../answer";
import { localPaths } from "../../local-files/local-paths";
import type { Answer, ExportJob, ExportRequest, ExportStart, JobPath } from "../../port";
import { withTermination } from "../call/call-log";
import { startExports } from "../call/start-export";
import type { FaultSubject } from "../faults/fault-matching";
import type { Lab } from "../lab/lab";
import { jobAt } from "../state/look-ups";
import type { JobRecord } from "../state/wmi-records";
import { jobAnswer, listedExportJobs } from "./job-answer";
import { jobNow } from "./job-time";
import { PATIENCE, withEnd } from "./settlement";

/** The verbs of the Host port that are about exports, over a lab. */
export class ExportJobs {
  constructor(private readonly lab: Lab) {}

  async start(requests: readonly ExportRequest[]): Promise<Answer<ExportStart>[]> {
    const machines = new Set(requests.map((request) => request.virtualMachineId.toUpperCase()));
    // A job that is over by the clock must not refuse the next one.
    await this.lab.settlement.settle(20 * PATIENCE, (job) => machines.has(job.VirtualMachineId));
    return startExports(this.lab, requests);
  }

  async find(exportDirectories: readonly string[]): Promise<Answer<ExportJob[]>[]> {
    const state = await this.lab.settlement.settle();
    return exportDirectories.map((directory) => {
      const wanted = path.resolve(directory);
      const isMeant = (job: JobRecord) => localPaths.same(path.resolve(job.ExportDirectory), wanted);
      // Jobs are recorded in the order of their start; two of one millisecond must not change places.
      return success(listedExportJobs(this.lab, state, isMeant).reverse());
    });
  }

  async terminate(paths: readonly JobPath[]): Promise<Answer<void>[]> {
    await this.lab.settlement.settle();
    const ended = await this.lab.store.change((state) => {
      let next = state;
      const jobs: JobRecord[] = [];
      for (const one of paths) {
        const job = jobAt(next, one);
        if (!job || job.end) continue;
        jobs.push(job);
        const bytes = this.lab.settlement.bytesWritten(job);
        const end = { JobState: jobStates.terminated, ErrorCode: 0, ErrorDescription: "", at: jobNow(job), listed: true, bytes };
        next = withEnd(withTermination(next, job), job.InstanceID, end);
      }
      return { state: next, result: jobs };
    });
    // After the answer this process writes no more for the job.
    await Promise.all(ended.map((job) => this.lab.settlement.idle(job.InstanceID)));
    return paths.map(() => success(undefined));
  }

  async look(paths: readonly JobPath[]): Promise<Answer<ExportJob | undefined>[]> {
    const state = paths.length > 0 ? await this.lab.settlement.settle() : await this.lab.store.read();
    return paths.map((one) => {
      const job = jobAt(state, one);
      return success(job?.checkpointId === undefined ? job && jobAnswer(this.lab, state, job) : undefined);
    });
  }

  /** What faults see of jobs. */
  subjects(paths: readonly JobPath[]): FaultSubject[] {
    if (this.lab.faults.read().length === 0) return [];
    const state = this.lab.store.peek();
    return paths.map((one) => {
      const job = state && jobAt(state, one);
      return job ? { virtualMachineId: job.VirtualMachineId, referencePointId: job.ReferencePointId, path: job.ExportDirectory } : {};
    });
  }
}
