import { formatBytes } from "../../domain/values/byte-size";
import type { ExportJob } from "../../host/port";

/** What a job has done so far: percent and bytes both count as progress, since a percent of a large disk takes long. */
export class JobProgress {
  changedAt: number;
  private percent = -1;
  private bytes = -1;
  private firstBytes: number | undefined;

  constructor(private readonly startedAt: number) {
    this.changedAt = startedAt;
  }

  note(job: ExportJob, now: number): void {
    const bytes = job.bytesWritten ?? 0;
    this.firstBytes ??= bytes;
    if (job.percentComplete !== this.percent || bytes !== this.bytes) this.changedAt = now;
    this.percent = job.percentComplete;
    this.bytes = bytes;
  }

  elapsed(now: number): number {
    return now - this.startedAt;
  }

  describe(job: ExportJob, now: number): string {
    const done = `exporting ${job.percentComplete} %`;
    if (job.bytesWritten === undefined) return done;
    const of = job.bytesExpected === undefined ? "" : ` of ${formatBytes(job.bytesExpected)}`;
    const seconds = this.elapsed(now) / 1000;
    const rate = seconds < 1 ? "" : `, ${formatBytes((job.bytesWritten - (this.firstBytes ?? 0)) / seconds)}/s`;
    return `${done} (${formatBytes(job.bytesWritten)}${of}${rate})`;
  }
}
