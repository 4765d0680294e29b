import { z } from "zod";
import { guid, jobEndRecord, jobFate, pointRecord } from "./wmi-records";

const count = z.number().int().nonnegative();
const moment = z.number().nonnegative();

/** Msvm_VirtualSystemSettingData.VirtualSystemType of a backup software's checkpoint, and of a person's. */
export const checkpointTypes = { recovery: "Microsoft:Hyper-V:Snapshot:Recovery", user: "Microsoft:Hyper-V:Snapshot:Realized" } as const;

/** Msvm_ConcreteJob.JobType of the jobs about checkpoints; those of exports have records of their own. */
export const checkpointJobTypes = { create: 70, remove: 72, convert: 200, merge: 50 } as const;

/** JobType of an export by ExportSystemDefinition. */
export const EXPORT_SYSTEM = 62;

/** A checkpoint, in the words of Msvm_VirtualSystemSettingData. */
export const checkpointRecord = z.strictObject({
  InstanceID: z.string().min(1),
  ElementName: z.string(),
  VirtualSystemIdentifier: guid,
  VirtualSystemType: z.enum(checkpointTypes),
  CreationTime: moment,
  consistency: z.enum(["application", "crash"]),
  /** Instance ids of the machine's disks that it holds. */
  diskIds: z.array(z.string()),
  /** What the disks held when it was made. */
  sequence: count,
});

/** A job that makes, removes or converts a checkpoint, or merges what its machine has written meanwhile. */
export const checkpointJobRecord = z.strictObject({
  InstanceID: guid,
  JobType: z.union([
    z.literal(checkpointJobTypes.create),
    z.literal(checkpointJobTypes.remove),
    z.literal(checkpointJobTypes.convert),
    z.literal(checkpointJobTypes.merge),
  ]),
  virtualMachineId: guid,
  checkpoint: checkpointRecord,
  /** What a conversion makes of it. */
  point: pointRecord.optional(),
  TimeSubmitted: moment,
  StartTime: moment,
  /** The same moment by the machine's own clock. */
  startedAt: z.strictObject({ boot: z.string(), milliseconds: moment }).optional(),
  begins: moment,
  lasts: moment,
  /** How much later than its end the new checkpoint, or the new point, is listed. */
  listedAfter: moment,
  fate: jobFate.optional(),
  /** What becomes of the merge that it leads to: decided when it starts. */
  mergeFate: jobFate.optional(),
  end: jobEndRecord.omit({ bytes: true }).optional(),
  /** A conversion has taken its checkpoint away; its point may be listed later. */
  checkpointGone: z.boolean().default(false),
  /** Nothing more will come of it. */
  settled: z.boolean(),
});

export const checkpointCallRecord = z.strictObject({
  method: z.enum(["CreateSnapshot", "ExportSystemDefinition", "ConvertToReferencePoint", "DestroySnapshot", "RequestStateChange"]),
  virtualMachineId: z.string(),
  checkpointId: z.string().optional(),
  baseReferencePointId: z.string().optional(),
  exportDirectory: z.string().optional(),
  consistency: z.enum(["application", "crash"]).optional(),
  returnCode: count,
  at: moment,
});

export type CheckpointRecord = z.infer<typeof checkpointRecord>;
export type CheckpointJobRecord = z.infer<typeof checkpointJobRecord>;
export type CheckpointCallRecord = z.infer<typeof checkpointCallRecord>;
