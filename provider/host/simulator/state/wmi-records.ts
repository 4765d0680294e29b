import { z } from "zod";
import { normaliseGuid } from "../../../domain/hyperv/guid";
import { machineCondition } from "./machine-condition";

/**
 * The WMI records that the simulator keeps, in the words of root\virtualization\v2. PascalCase members are properties of the class;
 * camelCase members are the simulator's own. test/unit/simulator-vocabulary.test.ts holds the first against the schema.
 */
export const guid = z.string().refine(isNormalGuid, "an upper-case GUID");
const count = z.number().int().nonnegative();
const moment = z.number().nonnegative();

export const diskWriteRecord = z.strictObject({ offset: count, bytes: z.number().int().positive(), seed: z.string(), sequence: count });

export const diskRecord = z.strictObject({
  InstanceID: z.string().min(1),
  name: z.string().min(1),
  /** The folder of the disk's file on the host, where it has one of its own. */
  folder: z.string().min(1).optional(),
  /** Where its file lies, of one that is not in the lab's own folder. */
  path: z.string().min(1).optional(),
  bytes: z.number().int().positive(),
  seed: z.string(),
  /** Set where a real file in the lab is the disk's first content. */
  sourceBytes: count.optional(),
  writes: z.array(diskWriteRecord),
});

export const machineRecord = z.strictObject({
  Name: guid,
  ElementName: z.string().min(1),
  notes: z.string().optional(),
  /** Grows by one with every write and every reference point: the machine's own order of events. */
  sequence: count,
  disks: z.array(diskRecord),
  /** Disks that were taken from the machine: running jobs and older points still need their content. */
  removedDisks: z.array(diskRecord).default([]),
  condition: machineCondition.optional(),
});

export const pointRecord = z.strictObject({
  InstanceID: z.string().min(1),
  VirtualSystemIdentifier: guid,
  ReferencePointType: z.union([z.literal(1), z.literal(2)]),
  ConsistencyLevel: z.union([z.literal(1), z.literal(2)]),
  HasAssociatedData: z.boolean(),
  VirtualDiskIdentifiers: z.array(z.string()),
  ResilientChangeTrackingIdentifiers: z.array(z.string()),
  sequence: count,
  createdAt: moment,
  /** The checkpoint that it was converted from: differences on top of it go on where an export of that one ends. */
  convertedFrom: z.string().optional(),
});

/** What is to happen to a job when it has written so many bytes. */
export const jobFate = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("fails"), atPercent: z.number(), errorCode: count, errorDescription: z.string() }),
  z.strictObject({ kind: z.literal("stalls"), atPercent: z.number() }),
  z.strictObject({ kind: z.literal("vanishes"), atPercent: z.number() }),
  z.strictObject({ kind: z.literal("terminated"), atPercent: z.number() }),
  z.strictObject({ kind: z.literal("warns"), warning: z.string() }),
]);

/** The end of a job, once all that it had to write is on disk. */
export const jobEndRecord = z.strictObject({
  JobState: count,
  ErrorCode: count,
  ErrorDescription: z.string(),
  at: moment,
  listed: z.boolean(),
  bytes: count,
});

export const jobRecord = z.strictObject({
  InstanceID: guid,
  ExportDirectory: z.string().min(1),
  VirtualMachineId: guid,
  ReferencePointId: z.string().min(1),
  BaseReferencePointId: z.string().optional(),
  /** Instance ids of the disks being exported. */
  ExportedDisks: z.array(z.string()),
  TimeSubmitted: moment,
  StartTime: moment,
  /** The same moment by the machine's own clock. */
  startedAt: z.strictObject({ boot: z.string(), milliseconds: moment }).optional(),
  point: pointRecord,
  baseSequence: count.optional(),
  /** Of an export by ExportSystemDefinition: its checkpoint. Its point has the same id and content, and is in no list. */
  checkpointId: z.string().optional(),
  /** What an export of the base is called, where it is another than the base's own id. */
  baseContent: z.string().optional(),
  totalBytes: count,
  /** How its files are called, and whether it names them: fixed at its start, so that every process plans the same. */
  exportNames: z.enum(["hyperv", "opaque"]).default("hyperv"),
  namesFiles: z.boolean().default(true),
  /** What the clock counts from: at `since` so many bytes were due. Moved when the speed is changed. */
  clock: z.strictObject({ since: moment, bytes: count, bytesPerSecond: z.number().positive().nullable() }),
  fate: jobFate.optional(),
  /** Tells a directory from another one of the same name. */
  directoryIdentity: z.string(),
  /** True for a synchronous export: it runs on when its caller is killed, but is never listed as a job. */
  hidden: z.boolean(),
  end: jobEndRecord.optional(),
});

export const callRecord = z.strictObject({
  method: z.enum(["ExportReferencePoint", "RequestStateChange"]),
  virtualMachineId: z.string(),
  referencePointId: z.string(),
  baseReferencePointId: z.string().optional(),
  exportDirectory: z.string(),
  returnCode: count,
  at: moment,
});

export type WriteRecord = z.infer<typeof diskWriteRecord>;
export type DiskRecord = z.infer<typeof diskRecord>;
export type MachineRecord = z.infer<typeof machineRecord>;
export type PointRecord = z.infer<typeof pointRecord>;
export type JobFate = z.infer<typeof jobFate>;
export type JobEndRecord = z.infer<typeof jobEndRecord>;
export type JobRecord = z.infer<typeof jobRecord>;
export type CallRecord = z.infer<typeof callRecord>;

function isNormalGuid(text: string): boolean {
  const parsed = normaliseGuid(text);
  return parsed.ok && parsed.value === text;
}
