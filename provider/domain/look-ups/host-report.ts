import { z } from "zod";
import { type HostStepName, hostSteps } from "./host-steps";

const names = Object.keys(hostSteps) as [HostStepName, ...HostStepName[]];

const hostProblem = z.object({
  code: z.string().describe("Stable; docs/errors.md lists them."),
  message: z.string(),
  remedy: z.string().describe("What to do."),
});

const hostStep = z.object({
  step: z.enum(names),
  directory: z.string().optional().describe("Of the step that looks at a directory: which one."),
  outcome: z
    .enum(["fine", "problem", "unreachable", "hung", "skipped"])
    .describe("Hung: it has not ended within its time. Skipped: what it needs has failed before it."),
  milliseconds: z.number().int().nonnegative().describe("How long it took; 0 of one that was skipped."),
  found: z.string().optional().describe("What it has found, or why it was skipped, for a person."),
  problems: z.array(hostProblem),
});

/** One line of the check list. */
export type HostStep = z.infer<typeof hostStep>;

/** What `hyperv-export doctor --json` prints. What a host does not tell is left out. */
export const hostReport = z.object({
  format: z.literal("hyperv-export/doctor"),
  version: z.literal(1),
  host: z.string().describe("The host as errors name it."),
  result: z.enum(["healthy", "problems", "unknown"]).describe("As the exit code says: 0, 1 or 2."),
  steps: z.array(hostStep).describe("In the order in which they were taken."),
  computerName: z.string().optional().describe("What the machine calls itself."),
  machineId: z.string().optional().describe("What tells the machine apart under every name; none of a simulator."),
  account: z.string().optional().describe("The account that Hyper-V is asked as."),
  elevated: z.boolean().optional().describe("Whether the account has the rights of an administrator now."),
  powershellVersion: z.string().optional(),
  powershellEdition: z.string().optional(),
  managementService: z.enum(["running", "stopped", "missing"]).optional().describe("The service vmms. Missing: there is no Hyper-V."),
  virtualMachines: z.number().int().nonnegative().optional().describe("How many machines Hyper-V shows the account."),
  directories: z
    .array(
      z.object({
        directory: z.string(),
        exists: z.boolean(),
        canonicalPath: z.string().optional(),
        freeBytes: z.number().nonnegative().optional().describe("Of one that is not there, where it would be."),
      }),
    )
    .describe("Those that could be looked at."),
});

export type HostReport = z.infer<typeof hostReport>;
