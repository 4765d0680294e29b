import { z } from "zod";
import { HostError } from "../../port";
import { duration } from "../duration";
import { jobMoment } from "../export/job-clock";
import type { LabState, SettingsRecord } from "./lab-state";
import type { LabConfiguration, LabSettings } from "./lab-types";

const configuration = z.strictObject({
  bytesPerSecond: z.union([z.number().positive(), z.literal("unlimited")]).optional(),
  jobStartDelay: duration.optional(),
  finishedJobLifetime: duration.optional(),
  completion: z.enum(["job", "synchronous"]).optional(),
  freeBytes: z.union([z.number().nonnegative(), z.literal("native")]).optional(),
});

/** The state with changed settings; running jobs keep what they have done and go on at the new speed. */
export function applyConfiguration(state: LabState, change: LabConfiguration, now: number): LabState {
  const parsed = configuration.safeParse(change);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = [issue?.path.join("."), issue?.message].filter(Boolean).join(": ");
    throw new HostError("invalidParameter", `The lab cannot be configured so: ${message}.`);
  }
  const { bytesPerSecond, freeBytes, jobStartDelay, finishedJobLifetime, completion } = parsed.data;
  const settings: SettingsRecord = {
    bytesPerSecond: bytesPerSecond === undefined ? state.settings.bytesPerSecond : bytesPerSecond === "unlimited" ? null : bytesPerSecond,
    freeBytes: freeBytes === undefined ? state.settings.freeBytes : freeBytes === "native" ? null : freeBytes,
    jobStartDelay: jobStartDelay ?? state.settings.jobStartDelay,
    finishedJobLifetime: finishedJobLifetime ?? state.settings.finishedJobLifetime,
    completion: completion ?? state.settings.completion,
  };
  const jobs = state.jobs.map((job) => {
    if (job.end || job.hidden || job.clock.bytesPerSecond === settings.bytesPerSecond) return job;
    const moment = jobMoment(job, now);
    const since = moment.started ? now : job.clock.since;
    return { ...job, clock: { since, bytes: moment.dueBytes, bytesPerSecond: settings.bytesPerSecond } };
  });
  return { ...state, settings, jobs };
}

export function settingsAnswer(settings: SettingsRecord): LabSettings {
  return { ...settings, bytesPerSecond: settings.bytesPerSecond ?? "unlimited", freeBytes: settings.freeBytes ?? "native" };
}
