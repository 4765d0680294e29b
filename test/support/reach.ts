import type { Host } from "../../provider/host/port";
import { SimulatorHost } from "../../provider/host/simulator/index";

/** How a scene's host is reached. */
export interface Reach {
  /** The host as a new provider process has it. */
  connect(): Host;
}

/** The simulator within this process. */
export function simulatorReach(labDirectory: string): Reach {
  return { connect: () => new SimulatorHost(labDirectory) };
}
