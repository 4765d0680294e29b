import type { ListReport, ReportedChain, ReportedExport } from "../../provider/domain/tree/tree-report";

const DAY = 86_400_000;
const GIB = 1024 ** 3;

const told = { problems: [] as string[], warnings: [] };

export interface MadeMachine {
  readonly name: string;
  readonly nights: number;
  /** What befell it; a machine that is well is "fine". */
  readonly fate: "fine" | "old" | "lost" | "partly" | "unknown";
}

/** A report of a tree with a chain a machine: a full export each seventh night, and differences between. */
export function reportOf(machines: readonly MadeMachine[], now: Date): ListReport {
  return {
    format: "hyperv-export/list",
    version: 1,
    directories: ["/srv/exports"],
    chains: machines.map((machine, index) => chainOf(machine, index, now)),
    exports: [],
    failures: [],
  };
}

function chainOf({ name, nights, fate }: MadeMachine, index: number, now: Date): ReportedChain {
  const virtualMachineId = `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000`;
  const directory = `/srv/exports/machine-${index}`;
  const newest = now.getTime() - (fate === "old" ? 5 * DAY : 8 * 3_600_000);
  const generations = Array.from({ length: nights }, (_, night): ReportedExport => {
    const date = new Date(newest - (nights - 1 - night) * DAY).toISOString();
    const isFull = night % 7 === 0;
    const label = date.slice(0, 10);
    const isLast = night === nights - 1;
    const condition =
      fate === "lost" ? "damaged" : fate === "unknown" ? "unknown" : fate === "partly" && night === 1 ? "gone" : ("intact" as const);
    return {
      directory: `${directory}/${label}`,
      label,
      virtualMachineName: name,
      virtualMachineId,
      kind: isFull ? "full" : "differential",
      date,
      bytes: isFull ? 40 * GIB + night * GIB : Math.round((1 + (night % 5) / 4) * GIB),
      condition,
      problems: condition === "damaged" && isLast ? ["file-size: Virtual Hard Disks/system.vhdx: expected 9, found 8"] : [],
      warnings: [],
    };
  });
  return { directory, chainId: `chain-${index}`, virtualMachineName: name, virtualMachineId, ...told, generations };
}
