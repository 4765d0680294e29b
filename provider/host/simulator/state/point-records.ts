import { z } from "zod";
import { guid, jobEndRecord, jobFate, pointRecord } from "./wmi-records";

const count = z.number().int().nonnegative();
const moment = z.number().nonnegative();

/** Msvm_ConcreteJob.JobType of the jobs that make and destroy points. */
export const pointJobTypes = { create: 201, destroy: 202 } as const;

/** A job that makes or destroys a point, in the words of Msvm_ConcreteJob. */
export const pointJobRecord = z.strictObject({
  InstanceID: guid,
  JobType: z.union([z.literal(pointJobTypes.create), z.literal(pointJobTypes.destroy)]),
  virtualMachineId: guid,
  /** The point that it makes or destroys. What a new one covers is settled when the method is called. */
  point: pointRecord,
  TimeSubmitted: moment,
  StartTime: moment,
  /** The same moment by the machine's own clock. */
  startedAt: z.strictObject({ boot: z.string(), milliseconds: moment }).optional(),
  /** When its work begins, how long it takes, and how much later than its end a new point is listed. */
  begins: moment,
  lasts: moment,
  listedAfter: moment,
  fate: jobFate.optional(),
  end: jobEndRecord.omit({ bytes: true }).optional(),
  /** Nothing more will come of it: its point has been made or destroyed, or never will be. */
  settled: z.boolean(),
});

export const pointCallRecord = z.strictObject({
  method: z.enum(["CreateReferencePoint", "DestroyReferencePoint", "RequestStateChange"]),
  virtualMachineId: z.string(),
  referencePointId: z.string().optional(),
  consistency: z.enum(["application", "crash"]).optional(),
  returnCode: count,
  at: moment,
});

export type PointJobRecord = z.infer<typeof pointJobRecord>;
export type PointCallRecord = z.infer<typeof pointCallRecord>;
