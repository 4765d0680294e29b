import { jobStates } from "../../../domain/hyperv/job-state";
import { settledWithin } from "../../event-loop";
import { hostErrorFrom } from "../../local-files/file-errors";
import { HostError } from "../../port";
import { returnCodeOf } from "../call/refusal";
import { exportPlan } from "../exported-files/export-plan";
import { ExportWriter } from "../exported-files/export-writer";
import type { FaultFile } from "../faults/fault-file";
import { lastingFault } from "../faults/fault-matching";
import { NO_SPACE } from "../faults/windows-texts";
import type { Store } from "../lab/store";
import type { LabState } from "../state/lab-state";
import { machineById } from "../state/look-ups";
import type { JobEndRecord, JobRecord } from "../state/wmi-records";
import { settleDueWork } from "./due-work";
import { isListed, jobMoment } from "./job-clock";
import { jobNow } from "./job-time";

const AT_ONCE = 4;

/** How long a verb of the host waits for work that is due; the rest goes on in the background. */
export const PATIENCE = 250;

/**
 * Does what is due. A job is a function of the clock; before anybody looks, its files are brought to where the clock says they are, and
 * an end is recorded only when every file of it is on disk. Any process may do this for any job, at the same time as others.
 */
export class Settlement {
  private readonly writers = new Map<string, ExportWriter>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly queue: (() => void)[] = [];
  private active = 0;
  private users = 0;

  constructor(private readonly lab: { readonly directory: string; readonly store: Store; readonly faults: FaultFile }) {}

  /** Work goes on in the background only while somebody uses the lab; a function to say that one is done. */
  use(): () => void {
    this.users++;
    let released = false;
    return () => {
      if (!released) this.users--;
      released = true;
    };
  }

  /** Brings jobs up to now, and waits for it at most `wait` milliseconds; what is not done by then goes on in the background. */
  async settle(wait: number = PATIENCE, which: (job: JobRecord) => boolean = () => true): Promise<LabState> {
    const state = await settleDueWork(this.lab);
    const work = state.jobs.filter((job) => job.end === undefined && which(job)).map((job) => this.advance(job.InstanceID));
    if (work.length === 0) return state;
    await settledWithin(Promise.all(work), wait);
    return this.lab.store.read();
  }

  bytesWritten(job: JobRecord): number {
    return job.end?.bytes ?? this.writers.get(job.InstanceID)?.written ?? 0;
  }

  /** Resolves when this process writes no more for the job. */
  async idle(jobId: string): Promise<void> {
    await this.running.get(jobId);
  }

  private advance(jobId: string): Promise<void> {
    const known = this.running.get(jobId);
    if (known) return known;
    const work = this.bringToEnd(jobId).finally(() => this.running.delete(jobId));
    this.running.set(jobId, work);
    return work;
  }

  /** Ends wait for no turn: those that come while a change is written go into the next one together. */
  private async bringToEnd(jobId: string): Promise<void> {
    const end = await this.turn(() => this.bringUp(jobId));
    if (end) await this.end(jobId, end);
  }

  /** The job's end, where it has come to it and that is not recorded yet. */
  private async bringUp(jobId: string): Promise<JobEndRecord | undefined> {
    const job = this.unfinished(jobId);
    const state = this.lab.store.peek();
    const machine = job && state && machineById(state, job.VirtualMachineId);
    if (!job || !state || !machine) {
      this.writers.delete(jobId);
      return undefined;
    }
    const moment = jobMoment(job);
    let writer = this.writers.get(jobId);
    try {
      const subject = { virtualMachineId: job.VirtualMachineId, referencePointId: job.ReferencePointId, path: job.ExportDirectory };
      if (moment.started && lastingFault(state, this.lab.faults.read(), "volumeMissing", subject)) {
        throw new HostError("volumeMissing", `The volume of ${job.ExportDirectory} is not there any more (simulated).`, {
          path: job.ExportDirectory,
        });
      }
      if (!writer) {
        writer = new ExportWriter(job.ExportDirectory, job.directoryIdentity, exportPlan(this.lab.directory, machine, job));
        this.writers.set(jobId, writer);
      }
      await writer.advance(moment.dueBytes, () => this.users === 0 || this.unfinished(jobId) === undefined);
      if (!moment.end) return undefined;
      // Stopped on the way: somebody ended the job, or nobody is left to look.
      if (this.users === 0 || this.unfinished(jobId) === undefined) return undefined;
      if (writer.written >= writer.totalBytes) writer.verify();
      return { ...moment.end, bytes: writer.written };
    } catch (error) {
      // A damaged lab is for the caller to hear of, not an end of the job.
      if (error instanceof HostError && error.kind === "damagedState") throw error;
      const cause = hostErrorFrom(error, "write an exported file", job.ExportDirectory);
      return {
        JobState: jobStates.exception,
        ErrorCode: returnCodeOf(cause.kind),
        ErrorDescription: cause.kind === "noSpace" ? NO_SPACE : cause.message,
        at: jobNow(job),
        listed: true,
        bytes: writer?.written ?? 0,
      };
    }
  }

  private unfinished(jobId: string): JobRecord | undefined {
    return this.lab.store.peek()?.jobs.find((job) => job.InstanceID === jobId && job.end === undefined);
  }

  private async end(jobId: string, end: JobEndRecord): Promise<void> {
    await this.lab.store.change((state) => ({ state: withEnd(state, jobId, end), result: undefined }));
    this.writers.delete(jobId);
  }

  /** A few jobs at once: each holds a piece of a megabyte. */
  private async turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.active >= AT_ONCE) await new Promise<void>((resolve) => this.queue.push(resolve));
    else this.active++;
    try {
      return await work();
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.active--;
    }
  }
}

/** Ends a job that has none yet, and forgets the jobs that are no longer listed. */
export function withEnd(state: LabState, jobId: string, end: JobEndRecord): LabState {
  const found = state.jobs.find((job) => job.InstanceID === jobId);
  if (!found || found.end) return state;
  const { finishedJobLifetime } = state.settings;
  const jobs = state.jobs.map((job) => (job === found ? { ...job, end } : job));
  // An end that nobody has seen yet stays for the caller who waits for it.
  return {
    ...state,
    jobs: jobs.filter((job) => job.end === undefined || job.InstanceID === jobId || isListed(job, finishedJobLifetime)),
  };
}
