import { z } from "zod";
import { parseRecord } from "../records/record-file";
import type { Parsed } from "../values/parsed";
import { type ProbeExport, type ProbePoint, probeStepNames } from "./probe-steps";

export const PROBE_RECORD = "hyperv-export-probe.json";

/**
 * What a host keeps of a probe until all of it is removed. With the names that follow from the id it says what is the probe's: nothing else
 * is ever removed.
 */
export const probeRecord = z.object({
  format: z.literal("hyperv-export/probe-record"),
  version: z.literal(1),
  id: z.uuid(),
  /** The notes of its machine: nobody else knows them. */
  mark: z.uuid(),
  /** The directory that was given; its own folder is in there. */
  directory: z.string().min(1),
  /** Of its folder, once it is known to have been made by the probe. */
  canonicalPath: z.string().optional(),
  virtualMachineId: z.string().optional(),
  /** Begun, in this order, and when: ISO 8601. */
  begun: z.array(z.object({ step: z.enum(probeStepNames), at: z.string() })),
});

export type ProbeRecord = z.infer<typeof probeRecord>;

export function parseProbeRecord(text: string): Parsed<ProbeRecord> {
  return parseRecord(probeRecord, text);
}

/** Of its machine and of its folder. */
export function probeName({ id }: Pick<ProbeRecord, "id">): string {
  return `hyperv-export-probe-${id}`;
}

export function probeDiskFile(probe: Pick<ProbeRecord, "id">): string {
  return `probe-${probe.id.slice(0, 8)}.vhdx`;
}

/** The owner of its points and exports, as claims and records name one. */
export function probeUrn({ id }: Pick<ProbeRecord, "id">, step: ProbeExport | ProbePoint): string {
  return `urn:pulumi:probe::hyperv-export::hyperv-export:probe::${step}-${id}`;
}
