import { z } from "zod";
import { checkpointCallRecord, checkpointJobRecord, checkpointRecord } from "./checkpoint-records";
import { pointCallRecord, pointJobRecord } from "./point-records";
import { callRecord, jobRecord, machineRecord, pointRecord } from "./wmi-records";

export const settingsRecord = z.strictObject({
  /** null: unlimited. */
  bytesPerSecond: z.number().positive().nullable(),
  jobStartDelay: z.number().nonnegative(),
  finishedJobLifetime: z.number().nonnegative(),
  completion: z.enum(["job", "synchronous"]),
  /** null: what the file system says. */
  freeBytes: z.number().nonnegative().nullable(),
  exportNames: z.enum(["hyperv", "opaque"]).default("hyperv"),
  jobNames: z.enum(["files", "nothing"]).default("files"),
  pointJobDuration: z.number().nonnegative().default(250),
  pointListingDelay: z.number().nonnegative().default(0),
  pointCompletion: z.enum(["job", "synchronous"]).default("job"),
  destroyWhileExporting: z.enum(["refused", "exportGoesOn", "exportFails"]).default("refused"),
  checkpointListingDelay: z.number().nonnegative().default(0),
  checkpointCompletion: z.enum(["job", "synchronous"]).default("job"),
  mergeDuration: z.number().nonnegative().default(250),
  /** null: however many there are. */
  pointsThatMergesBear: z.number().int().nonnegative().nullable().default(null),
});

/** One generation of the lab. Version 1; a program that reads another version says so and changes nothing. */
export const labState = z.strictObject({
  format: z.literal("hyperv-simulator-lab"),
  version: z.literal(1),
  /** Identity of this generation and of the ones before it, newest last. */
  id: z.string().min(1),
  ancestors: z.array(z.string()),
  settings: settingsRecord,
  machines: z.array(machineRecord),
  points: z.array(pointRecord),
  checkpoints: z.array(checkpointRecord).default([]),
  /** Checkpoints that are gone while their machine still writes into their files: the merge is under way, or has failed. */
  unmerged: z.array(checkpointRecord).default([]),
  jobs: z.array(jobRecord),
  pointJobs: z.array(pointJobRecord).default([]),
  checkpointJobs: z.array(checkpointJobRecord).default([]),
  calls: z.array(callRecord),
  pointCalls: z.array(pointCallRecord).default([]),
  checkpointCalls: z.array(checkpointCallRecord).default([]),
  /** How often a counted fault was used, by the fault's key. */
  faultUses: z.record(z.string(), z.number().int().nonnegative()),
});

export type SettingsRecord = z.infer<typeof settingsRecord>;
export type LabState = z.infer<typeof labState>;

/** A lab without machines. An export of the default lab's disks takes two to three seconds at this speed. */
export function emptyState(): LabState {
  return {
    format: "hyperv-simulator-lab",
    version: 1,
    id: "",
    ancestors: [],
    settings: {
      bytesPerSecond: 3 * 1024 * 1024,
      jobStartDelay: 250,
      finishedJobLifetime: 5 * 60_000,
      completion: "job",
      freeBytes: null,
      exportNames: "hyperv",
      jobNames: "files",
      pointJobDuration: 250,
      pointListingDelay: 0,
      pointCompletion: "job",
      destroyWhileExporting: "refused",
      checkpointListingDelay: 0,
      checkpointCompletion: "job",
      mergeDuration: 250,
      pointsThatMergesBear: null,
    },
    machines: [],
    points: [],
    checkpoints: [],
    unmerged: [],
    jobs: [],
    pointJobs: [],
    checkpointJobs: [],
    calls: [],
    pointCalls: [],
    checkpointCalls: [],
    faultUses: {},
  };
}
