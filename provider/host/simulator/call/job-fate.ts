import type { FaultOf } from "../faults/fault-table";
import { NO_SPACE } from "../faults/windows-texts";
import type { JobFate } from "../state/wmi-records";
import { returnCodeOf } from "./refusal";

/** Faults that decide, when a job starts, what becomes of it. */
export const fatefulFaults = ["jobFails", "jobStalls", "jobVanishes", "jobCompletesWithWarnings", "jobTerminated", "diskFull"] as const;

export function fateOf(fault: FaultOf<(typeof fatefulFaults)[number]>, synchronous: boolean): JobFate {
  switch (fault.fault) {
    case "jobFails":
      return { kind: "fails", atPercent: fault.atPercent, errorCode: fault.errorCode, errorDescription: fault.errorDescription };
    case "diskFull":
      return {
        kind: "fails",
        atPercent: fault.atPercent,
        errorCode: returnCodeOf("failed"),
        errorDescription: NO_SPACE,
      };
    case "jobCompletesWithWarnings":
      return { kind: "warns", warning: fault.warning };
    case "jobStalls":
      // A method that never returns helps nobody: it gives up as a real one does.
      if (synchronous)
        return {
          kind: "fails",
          atPercent: fault.atPercent,
          errorCode: returnCodeOf("timeout"),
          errorDescription: "The export stalled (simulated).",
        };
      return { kind: "stalls", atPercent: fault.atPercent };
    case "jobVanishes":
      return { kind: "vanishes", atPercent: fault.atPercent };
    case "jobTerminated":
      return { kind: "terminated", atPercent: fault.atPercent };
  }
}
