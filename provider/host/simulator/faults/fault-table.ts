import { z } from "zod";
import { returnCodes } from "../../../domain/hyperv/return-codes";
import { duration } from "../lab/lab-duration";
import { hostMethods } from "./fault-types";
import { FILE_IN_USE } from "./windows-texts";

const codes = returnCodes.map((row) => row.code) as [number, ...number[]];
const percent = z.number().min(0).max(100);
const code = z.number().refine((value) => codes.includes(value), `one of ${codes[0]} to ${codes.at(-1)}`);

/** What any fault may say about when it happens. All that is given must fit. */
const conditions = {
  /** Name or GUID of the machine concerned. */
  virtualMachine: z.string().min(1).optional(),
  /** Id of the point concerned, "Microsoft:GUID" or GUID. */
  referencePoint: z.string().min(1).optional(),
  /** An absolute directory: it or anything below it. */
  path: z.string().min(1).optional(),
  /** Verb of the Host port that it happens in. */
  method: z.enum(hostMethods).optional(),
  /** How often it happens; without it, always. Counted across processes. */
  count: z.number().int().positive().optional(),
  /** Chance of happening each time, 0 to 1; without it, always. */
  probability: z.number().min(0).max(1).optional(),
};

/** A fault's own parameters take the place of a condition of the same name: volumeMissing must have a path. */
type Members<Name extends string, Shape extends z.ZodRawShape> = { fault: z.ZodLiteral<Name> } & Omit<typeof conditions, keyof Shape> &
  Shape;

function row<Name extends string, Shape extends z.ZodRawShape>(name: Name, parameters: Shape, sentence: string) {
  const members = { fault: z.literal(name), ...conditions, ...parameters } as unknown as Members<Name, Shape>;
  return { name, parameters, sentence, schema: z.strictObject(members) };
}

/**
 * Every fault the simulator knows: validation and the documentation's table derive from it; `fault-types.ts` has the types of a program.
 * Percentages are of the bytes that the job writes, or of the time that it takes; a job's faults are decided when it starts. The first six
 * are about ExportReferencePoint, or with `method` about the calls and jobs of points and checkpoints: a job that comes to 100 has done
 * what it is for.
 */
export const faultTable = [
  row("returnCode", { code }, "The method answers this return code and does nothing (default: exportReferencePoints)."),
  row(
    "jobFails",
    {
      atPercent: percent.default(50),
      errorCode: code.default(32768),
      errorDescription: z.string().default("The export failed (simulated)."),
    },
    "The job ends in JobState 10 with this error code and text, and leaves what it had written.",
  ),
  row("jobStalls", { atPercent: percent.default(50) }, "The job stays at this percentage until it is terminated."),
  row(
    "jobVanishes",
    { atPercent: percent.default(50) },
    "The job is no longer listed and writes no more; at 100 it vanishes at its end, with every file in place.",
  ),
  row(
    "jobCompletesWithWarnings",
    { warning: z.string().default("The export completed with warnings (simulated).") },
    "The job ends in JobState 32768 with every file in place.",
  ),
  row("jobTerminated", { atPercent: percent.default(50) }, "Somebody else terminates the job (JobState 8); what it had written stays."),
  row(
    "mergeFails",
    { atPercent: percent.default(50), errorDescription: z.string().default(FILE_IN_USE) },
    "The merge that follows a checkpoint's conversion or removal fails: the machine goes on writing into the checkpoint's files.",
  ),
  row("mergeStalls", { atPercent: percent.default(50) }, "That merge stays at this percentage until its job is terminated."),
  row("connectionLostBefore", {}, "The connection breaks before the method runs (default: exportReferencePoints): nothing has happened."),
  row(
    "connectionLostAfter",
    {},
    "The connection breaks after the method ran (default: exportReferencePoints): it has happened, the answer is lost.",
  ),
  row("hostUnreachable", {}, "The host does not answer."),
  row(
    "volumeMissing",
    { path: z.string().min(1) },
    "The volume that holds the path is not there; jobs that write to it fail, a new export is refused with 32773.",
  ),
  row(
    "diskFull",
    { atPercent: percent.default(50) },
    "The volume is full when the job has come so far; with a method, that verb finds no space.",
  ),
  row("accessDenied", {}, "Access to the directory is denied; a new export is refused with 32769."),
  row("fileInUse", {}, "Another program has a file of the directory open: a verb that works with its files does nothing."),
  row(
    "slowListing",
    { delay: duration.default(2000) },
    "Reading a directory takes this much longer, in milliseconds or as text with a unit.",
  ),
] as const;

const schemas = faultTable.map((entry) => entry.schema);
export const fault = z.discriminatedUnion("fault", schemas as unknown as [(typeof schemas)[number], ...(typeof schemas)[number][]]);

type FaultName = (typeof faultTable)[number]["name"];
/** A fault with its defaults filled in. */
export type FullFault = z.output<(typeof faultTable)[number]["schema"]>;
export type FaultOf<Name extends FaultName> = Extract<FullFault, { fault: Name }>;
