import { z } from "zod";
import { type HostInput, hostInput } from "../hosts/host-input";
import type { PathRules } from "../paths/path-rules";
import { withRelativePaths } from "../paths/relative-path";
import { exportedFile } from "../records/exported-file";
import type { Parsed } from "../values/parsed";
import type { ExportState } from "./outputs";
import { exportProperties, timeouts, verification } from "./properties";

const { virtualMachine, referencePoint, baseReferencePoint, disksToExport, requireConsistency, onDestroy, onExisting } = exportProperties;

/** The state as any version wrote it, or a hand: what is needed must be right, what is missing gets its default. */
const storedState = z.object({
  host: hostInput,
  exportDirectory: z.string().min(1),
  virtualMachine: virtualMachine.schema.default(""),
  referencePoint: referencePoint.schema.optional(),
  baseReferencePoint: baseReferencePoint.schema.optional(),
  disksToExport: disksToExport.schema.optional(),
  requireConsistency: requireConsistency.schema.optional(),
  verification: verification.default({ level: "size", portion: "1/1" }),
  onDestroy: onDestroy.schema.default("delete"),
  onExisting: onExisting.schema.default("fail"),
  timeouts: timeouts.default({ create: "6h", stall: "20m", delete: "30m" }),
  triggers: z.array(z.unknown()).optional(),
  createUrn: z.string().default(""),
  secretInputs: z.array(z.string()).optional(),
  virtualMachineId: z.string().optional(),
  virtualMachineName: z.string().optional(),
  referencePointId: z.string().optional(),
  baseReferencePointId: z.string().optional(),
  consistency: z.enum(["application", "crash", "unknown"]).optional(),
  kind: z.enum(["full", "differential"]).optional(),
  files: z.array(exportedFile).optional(),
  totalBytes: z.number().optional(),
  startedAt: z.string().optional(),
  completedAt: z.string().optional(),
  manifestSha256: z.string().optional(),
  status: z.enum(["intact", "damaged", "incomplete"]).default("intact"),
  problems: z.array(z.string()).default([]),
  warnings: z.array(z.string()).default([]),
  hostMachineId: z.string().optional(),
  baseDirectory: z.string().optional(),
  nextPortion: z.number().int().nonnegative().optional(),
  alteredFiles: z.array(z.string()).optional(),
});

/**
 * Reads what the engine kept of an export. The id is the export's identity, whatever the properties say.
 * The reason names the property and never repeats a value.
 *
 * @param pathsOf the rules of the host that holds the export
 */
export function parseStoredState(
  id: string,
  properties: Readonly<Record<string, unknown>>,
  pathsOf: (host: HostInput) => Pick<PathRules, "isRelative">,
): Parsed<ExportState> {
  const parsed = storedState.safeParse(properties);
  if (parsed.success) {
    const state = withoutUndefined({ ...parsed.data, exportId: id });
    return withRelativePaths({ ok: true, value: state }, pathsOf(state.host), ({ files = [] }) => files.map(({ path }) => path));
  }
  const issue = parsed.error.issues[0];
  return { ok: false, reason: `${issue?.path.join(".") || "the state"}: ${issue?.message ?? "not as expected"}` };
}

/** The engine cannot store undefined. */
function withoutUndefined(state: Record<string, unknown>): ExportState {
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined)) as ExportState;
}
