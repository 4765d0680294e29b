import type { HostInput } from "../../domain/hosts/host-input";
import { probeUrn } from "../../domain/probe/probe-record";
import { type ProbeExport, type ProbePoint, probeExports } from "../../domain/probe/probe-steps";
import type { PointState } from "../../domain/reference-point/outputs";
import type { PointInputs } from "../../domain/reference-point/properties";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import type { ExportInputs } from "../../domain/reference-point-export/properties";
import type { Operation } from "../session/operation";
import type { KeptProbe } from "./kept-probe";

/** What is kept of a resource: its id, and what it was declared as and came to. */
interface Held {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The ways of the lifecycle's own doors: a probe makes its points and exports as any stack does. */
export interface ProbeDoors {
  createPoint(inputs: PointInputs): Promise<PointState>;
  deletePoint(held: Held): Promise<void>;
  createExport(inputs: ExportInputs): Promise<ExportState>;
  deleteExport(held: Held): Promise<void>;
}

/** What every step of a probe uses. */
export interface Probing {
  readonly operation: Operation;
  readonly doors: ProbeDoors;
  readonly host: HostInput;
}

const timeouts = { create: "15m", stall: "5m", delete: "10m" };

/** Its machine is switched off: there is no application that could write its data out. */
export function pointInputs(host: HostInput, { record }: KeptProbe, step: ProbePoint, virtualMachine: string): PointInputs {
  return { host, virtualMachine, consistency: "crash", onDestroy: "delete", timeouts, createUrn: probeUrn(record, step) };
}

export function exportInputs(
  host: HostInput,
  directory: string,
  { record }: KeptProbe,
  step: ProbeExport,
  virtualMachine: string,
): ExportInputs {
  return {
    host,
    virtualMachine,
    exportDirectory: directory,
    verification: { level: "size", portion: "1/1" },
    onDestroy: "delete",
    onExisting: "fail",
    timeouts,
    createUrn: probeUrn(record, step),
  };
}

export function exportDirectory({ paths }: Operation, { folder }: KeptProbe, step: ProbeExport): string {
  return paths.join(folder, probeExports[step]);
}
