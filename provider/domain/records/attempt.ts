import { z } from "zod";
import { hasRelativeForm } from "../paths/relative-path";
import { type ExportTarget, exportTarget } from "./export-target";
import { repairDirectoryOf } from "./record-names";

/** A file that the job has named, and the property that names it (ExportedConfigFilePath and its like). */
export const namedFile = z.object({
  /** Relative to the attempt's own place, forward slashes. */
  path: z.string().refine(hasRelativeForm),
  namedBy: z.enum(["configuration", "runtimeState", "guestState", "log"]),
});

export type NamedFile = z.infer<typeof namedFile>;

/**
 * One go at writing the files.
 * prepared: nothing called yet. starting: the method is about to be called, or was. running: its job is known.
 * written: the files are whole. swapping: a repair's files are on their way into place.
 */
export const attempt = z.object({
  number: z.number().int().nonnegative(),
  /** "" for the export directory itself, else the repair directory below it. */
  subdirectory: z.string().refine((name) => name === "" || repairDirectoryOf(name) === name),
  state: z.enum(["prepared", "starting", "running", "written", "swapping"]),
  /** The run that is at it: a run that goes on with the attempt of another writes its own here first. */
  run: z.string().max(100).optional(),
  target: exportTarget,
  /** Jobs of this directory that were listed before the call: never ours. */
  knownJobs: z.array(z.string()),
  /** Of a checkpoint: the host's time before the call, by which its job is found. */
  hostTime: z.string().optional(),
  jobPath: z.string().optional(),
  /** What lay in the attempt's place before the first call: never touched. Absent until then. */
  before: z.array(z.string()).optional(),
  /** The files that the job has named so far; a finished job is soon forgotten. */
  named: z.array(namedFile).default([]),
  /** Exactly what the job has left, known once it has ended: what comes into the place afterwards is somebody's. */
  files: z.array(z.string()).optional(),
  /** The folders that the job had made, known together with `files`. */
  folders: z.array(z.string()).optional(),
  startedAt: z.string(),
  warnings: z.array(z.string()),
  /** In state swapping: which manifest is being put into place. */
  manifestSha256: z.string().optional(),
  /**
   * In state swapping: the files, relative to the export directory, that are on their way into place. Once the swap is given up: those
   * that had arrived.
   */
  moving: z.array(z.string()).optional(),
});

export type Attempt = z.infer<typeof attempt>;

/** The attempt as one that has come to nothing: the next run clears what it left and calls the method again. */
export function voided({ jobPath: _, ...attempt }: Attempt): Attempt {
  return { ...attempt, state: "prepared", number: Math.max(attempt.number, 1), warnings: [] };
}

/** One go of which nothing has been done yet. `startedAt`: ISO 8601. */
export function newAttempt(target: ExportTarget, subdirectory: string, startedAt: string, run: string | undefined): Attempt {
  return { number: 0, subdirectory, state: "prepared", ...(run && { run }), target, knownJobs: [], named: [], startedAt, warnings: [] };
}
