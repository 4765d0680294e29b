import { z } from "zod";
import { probeStepNames } from "./probe-steps";

const step = z.enum(probeStepNames);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What of a probe was removed, and what could not be. */
const removal = {
  removed: z.array(z.string()),
  left: z.array(z.string()).describe("What is there still, and why; docs/hyperv-export.md says what to do."),
  foreign: z.array(z.string()).describe("What is not the probe's and stays, with the folder around it."),
};

/** What `hyperv-export probe` writes, without names of the site: GUID-1, HOST, ACCOUNT and DIRECTORY stand for them. */
export const probeReport = z.object({
  format: z.literal("hyperv-export/probe"),
  version: z.literal(1),
  result: z.enum(["complete", "incomplete"]).describe("As the exit code says: 0, or else 1 or 2."),
  host: z.record(z.string(), scalar).describe("Version, build and edition of Windows; the shell, and what the account is."),
  steps: z.array(
    z.object({
      step,
      outcome: z.enum(["fine", "failed", "skipped"]),
      milliseconds: z.number().int().nonnegative(),
      code: z.string().optional().describe("Stable; docs/errors.md lists them."),
      message: z.string().optional(),
      remedy: z.string().optional().describe("What to do."),
    }),
  ),
  calls: z
    .array(
      z.object({
        step,
        method: z.string(),
        returnCode: z.number().int().optional(),
        failure: z.string().optional().describe("Kind of the error, where no code was returned."),
        jobClass: z.string().optional(),
        milliseconds: z.number().int().nonnegative(),
      }),
    )
    .describe("Methods of Hyper-V that were called, in their order."),
  instances: z
    .array(
      z.object({
        step,
        of: z.enum(["job", "point"]),
        moment: z.enum(["running", "ended"]),
        className: z.string(),
        properties: z.record(z.string(), z.union([scalar, z.array(scalar)])),
      }),
    )
    .describe("All that jobs and points tell: their properties that have a value."),
  exports: z.array(
    z.object({
      step,
      endedWith: z
        .string()
        .optional()
        .describe("Of the one that was cancelled: the code that it ended with; none where it was over before."),
      entries: z.array(
        z.object({
          path: z.string(),
          kind: z.enum(["file", "directory", "link", "other"]),
          bytes: z.number().nonnegative(),
          isTheDisk: z.boolean().optional().describe("Its SHA-256 is that of the machine's disk."),
        }),
      ),
    }),
  ),
  disk: z
    .object({ bytes: z.number(), knownBytes: z.number(), writtenBetweenPoints: z.literal(false), why: z.string() })
    .optional()
    .describe("Which bytes the machine's disk holds."),
  afterBaseDestroyed: z.object({ laterPointIsListed: z.boolean(), isUnchanged: z.boolean() }).optional(),
  facts: z.array(z.object({ fact: z.string(), question: z.string(), settled: z.boolean(), answer: z.string() })),
  ...removal,
});

export type ProbeReport = z.infer<typeof probeReport>;

/** What `hyperv-export probe --clean --json` prints. */
export const probeCleaning = z.object({
  format: z.literal("hyperv-export/probe-clean"),
  version: z.literal(1),
  probes: z.array(z.object({ id: z.string(), ...removal })),
});

export type ProbeCleaning = z.infer<typeof probeCleaning>;
