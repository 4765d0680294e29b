/** WMI path of a job as the method returned it. Jobs are polled by it, never by class. */
export type JobPath = string;

/** What every job tells. */
export interface HostJob {
  readonly path: JobPath;
  /** CIM_ConcreteJob.JobState, as a number: 7 is completed, 32768 completed with warnings. */
  readonly jobState: number;
  readonly percentComplete: number;
  /** 0 when there is no error. */
  readonly errorCode: number;
  readonly errorDescription?: string;
  /** ISO 8601. */
  readonly startedAt: string;
}
