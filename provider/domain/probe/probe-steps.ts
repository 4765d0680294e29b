/** What a probe does, one after the other. Each is in its record before it is done. */
export const probeSteps = {
  look: "look at the host",
  folder: "make a folder of its own",
  machine: "make a machine of its own, with one disk of 64 MiB",
  firstPoint: "make a reference point",
  fullExport: "export it in full",
  secondPoint: "make a second reference point",
  differentialExport: "export that as the difference to the first",
  cancelledExport: "export again, and cancel that",
  remove: "remove all that it has made",
} as const;

export type ProbeStep = keyof typeof probeSteps;
export const probeStepNames = Object.keys(probeSteps) as [ProbeStep, ...ProbeStep[]];

/** The folders of its exports, in its own. */
export const probeExports = { fullExport: "full", differentialExport: "differential", cancelledExport: "cancelled" } as const;
export type ProbeExport = keyof typeof probeExports;

/** Its points, as a person is told of them. */
export const probePointNames = { firstPoint: "the first reference point", secondPoint: "the second reference point" } as const;
export type ProbePoint = keyof typeof probePointNames;
export const probePoints = Object.keys(probePointNames) as ProbePoint[];

/** Of the disk. */
export const PROBE_DISK = { bytes: 64 * 1024 * 1024, content: "hyperv-export probe " } as const;
