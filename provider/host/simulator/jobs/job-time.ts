import * as fs from "node:fs";
import type { JobRecord } from "../state/wmi-records";

/** Tells one start of the machine from another, where it can be told: machine time begins anew with each. */
const boot = bootId();

/** When a job was started, by both clocks. */
export type Timed = Pick<JobRecord, "StartTime" | "startedAt">;

/**
 * Milliseconds since 1970 as a job counts them: from its start on by a clock that all processes of the machine share and that nobody sets.
 * The time of day may be set by hours while a job runs. After a restart of the machine that is all there is to count by.
 */
export function jobNow({ StartTime, startedAt }: Timed): number {
  const now = machineTime();
  return startedAt?.boot === boot && startedAt.milliseconds <= now ? StartTime + now - startedAt.milliseconds : Date.now();
}

export function startOfJob(): Timed {
  return { StartTime: Date.now(), startedAt: { boot, milliseconds: machineTime() } };
}

function machineTime(): number {
  // Asked for every listed job at every look: a big integer takes far longer.
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
}

function bootId(): string {
  try {
    return fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
