import { jobStates } from "../../../domain/hyperv/job-state";
import type { JobEndRecord, JobRecord } from "../state/wmi-records";
import { jobNow, type Timed } from "./job-time";

/** What a job should have done by now. Nothing of it is stored: a job goes on while nobody looks. */
export interface JobMoment {
  readonly started: boolean;
  /** Bytes that should be written by now. */
  readonly dueBytes: number;
  /** The end that the job comes to once those bytes are written; undefined while it has more to do. */
  readonly end: Omit<JobEndRecord, "bytes"> | undefined;
}

export function jobMoment(job: JobRecord): JobMoment {
  const now = jobNow(job);
  const { clock, fate, totalBytes } = job;
  const limit = fate && fate.kind !== "warns" ? Math.ceil((totalBytes * fate.atPercent) / 100) : totalBytes;
  const elapsed = Math.max(0, now - clock.since);
  const unlimited = clock.bytesPerSecond === null;
  const flowing = now >= clock.since ? (clock.bytesPerSecond === null ? totalBytes : (elapsed / 1000) * clock.bytesPerSecond) : 0;
  const dueBytes = Math.min(limit, Math.floor(clock.bytes + flowing));
  const started = now >= clock.since;
  if (!started || dueBytes < limit || fate?.kind === "stalls") return { started, dueBytes, end: undefined };
  const seconds = unlimited ? 0 : Math.max(0, limit - clock.bytes) / (clock.bytesPerSecond ?? 1);
  return { started, dueBytes, end: { ...fatedEnd(job), at: clock.since + seconds * 1000 } };
}

/** How a job ends that comes to what its fate says, or to its own end. */
export function fatedEnd({ fate }: Pick<JobRecord, "fate">): Omit<JobEndRecord, "bytes" | "at"> {
  switch (fate?.kind) {
    case "fails":
      return { JobState: jobStates.exception, ErrorCode: fate.errorCode, ErrorDescription: fate.errorDescription, listed: true };
    case "terminated":
      return { JobState: jobStates.terminated, ErrorCode: 0, ErrorDescription: "", listed: true };
    case "vanishes":
      return {
        JobState: fate.atPercent >= 100 ? jobStates.completed : jobStates.killed,
        ErrorCode: 0,
        ErrorDescription: "",
        listed: false,
      };
    case "warns":
      return { JobState: jobStates.completedWithWarnings, ErrorCode: 0, ErrorDescription: fate.warning, listed: true };
    default:
      return { JobState: jobStates.completed, ErrorCode: 0, ErrorDescription: "", listed: true };
  }
}

interface ListedJob {
  readonly hidden?: boolean;
  readonly end?: Pick<JobEndRecord, "at" | "listed"> | undefined;
}

/** A synchronous export is never listed; an ended job is listed for its lifetime. */
export function isListed(job: ListedJob & Timed, finishedJobLifetime: number): boolean {
  if (job.hidden) return false;
  return job.end === undefined || (job.end.listed && jobNow(job) < job.end.at + finishedJobLifetime);
}
