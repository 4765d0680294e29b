import { z } from "zod";
import { HostError } from "../../port";
import { jobMoment } from "../jobs/job-clock";
import { jobNow } from "../jobs/job-time";
import type { LabState, SettingsRecord } from "../state/lab-state";
import { duration } from "./lab-duration";
import type { LabConfiguration, LabSettings } from "./lab-types";

const configuration = z.strictObject({
  bytesPerSecond: z.union([z.number().positive(), z.literal("unlimited")]).optional(),
  jobStartDelay: duration.optional(),
  finishedJobLifetime: duration.optional(),
  synchronousExports: z.boolean().optional(),
  completion: z.enum(["job", "synchronous"]).optional(),
  freeBytes: z.union([z.number().nonnegative(), z.literal("native")]).optional(),
  exportNames: z.enum(["hyperv", "opaque"]).optional(),
  jobNames: z.enum(["files", "nothing"]).optional(),
  pointJobDuration: duration.optional(),
  pointListingDelay: duration.optional(),
  synchronousPoints: z.boolean().optional(),
  destroyWhileExporting: z.enum(["refused", "exportGoesOn", "exportFails"]).optional(),
  checkpointListingDelay: duration.optional(),
  synchronousCheckpoints: z.boolean().optional(),
  mergeDuration: duration.optional(),
  pointsThatMergesBear: z.union([z.number().int().nonnegative(), z.literal("unlimited")]).optional(),
});

/** The state with changed settings; running jobs keep what they have done and go on at the new speed. */
export function applyConfiguration(state: LabState, change: LabConfiguration): LabState {
  const parsed = configuration.safeParse(change);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw unusable([issue?.path.join("."), issue?.message].filter(Boolean).join(": "));
  }
  const { bytesPerSecond, freeBytes, jobStartDelay, finishedJobLifetime, exportNames, jobNames } = parsed.data;
  const { pointJobDuration, pointListingDelay, synchronousPoints, destroyWhileExporting } = parsed.data;
  const { checkpointListingDelay, synchronousCheckpoints, mergeDuration, pointsThatMergesBear } = parsed.data;
  const settings: SettingsRecord = {
    bytesPerSecond: bytesPerSecond === undefined ? state.settings.bytesPerSecond : bytesPerSecond === "unlimited" ? null : bytesPerSecond,
    freeBytes: freeBytes === undefined ? state.settings.freeBytes : freeBytes === "native" ? null : freeBytes,
    jobStartDelay: jobStartDelay ?? state.settings.jobStartDelay,
    finishedJobLifetime: finishedJobLifetime ?? state.settings.finishedJobLifetime,
    completion: completionOf(parsed.data) ?? state.settings.completion,
    exportNames: exportNames ?? state.settings.exportNames,
    jobNames: jobNames ?? state.settings.jobNames,
    pointJobDuration: pointJobDuration ?? state.settings.pointJobDuration,
    pointListingDelay: pointListingDelay ?? state.settings.pointListingDelay,
    pointCompletion: completedBy(synchronousPoints) ?? state.settings.pointCompletion,
    destroyWhileExporting: destroyWhileExporting ?? state.settings.destroyWhileExporting,
    checkpointListingDelay: checkpointListingDelay ?? state.settings.checkpointListingDelay,
    checkpointCompletion: completedBy(synchronousCheckpoints) ?? state.settings.checkpointCompletion,
    mergeDuration: mergeDuration ?? state.settings.mergeDuration,
    pointsThatMergesBear:
      pointsThatMergesBear === undefined
        ? state.settings.pointsThatMergesBear
        : pointsThatMergesBear === "unlimited"
          ? null
          : pointsThatMergesBear,
  };
  const jobs = state.jobs.map((job) => {
    if (job.end || job.hidden || job.clock.bytesPerSecond === settings.bytesPerSecond) return job;
    const moment = jobMoment(job);
    const since = moment.started ? jobNow(job) : job.clock.since;
    return { ...job, clock: { since, bytes: moment.dueBytes, bytesPerSecond: settings.bytesPerSecond } };
  });
  return { ...state, settings, jobs };
}

export function settingsAnswer({ pointCompletion, checkpointCompletion, ...settings }: SettingsRecord): LabSettings {
  return {
    ...settings,
    synchronousPoints: pointCompletion === "synchronous",
    synchronousCheckpoints: checkpointCompletion === "synchronous",
    synchronousExports: settings.completion === "synchronous",
    bytesPerSecond: settings.bytesPerSecond ?? "unlimited",
    freeBytes: settings.freeBytes ?? "native",
    pointsThatMergesBear: settings.pointsThatMergesBear ?? "unlimited",
  };
}

function completionOf(change: z.output<typeof configuration>): SettingsRecord["completion"] | undefined {
  const { synchronousExports, completion } = change;
  if (synchronousExports === undefined) return completion;
  const wanted = completedBy(synchronousExports);
  if (completion !== undefined && completion !== wanted) throw unusable("synchronousExports and completion say different things; give one");
  return wanted;
}

function completedBy(synchronous: boolean | undefined): "synchronous" | "job" | undefined {
  if (synchronous === undefined) return undefined;
  return synchronous ? "synchronous" : "job";
}

function unusable(why: string): HostError {
  return new HostError("invalidParameter", `The lab cannot be configured so: ${why}.`);
}
