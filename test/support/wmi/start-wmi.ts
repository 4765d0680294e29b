import * as path from "node:path";
import { labAt } from "../../../provider/host/simulator/lab/lab";
import { calmMoods, type Moods } from "./moods";
import { type LoggedRequest, WmiServer } from "./server";
import { Upkeep } from "./upkeep";

export interface Wmi {
  /** For whoever starts a PowerShell: where it finds the module CimCmdlets, and where that finds this server. */
  readonly environment: Record<string, string>;
  readonly moods: Moods;
  /** What was asked, oldest first. Empty it to count anew. */
  readonly requests: LoggedRequest[];
  /** Faults of the stand-in itself: expected to be empty. */
  readonly broken: readonly Error[];
  close(): Promise<void>;
}

/**
 * Plays a Hyper-V host's WMI on a simulator's lab.
 *
 * @param labDirectory The lab's folder; an empty or absent one becomes the default lab.
 */
export async function startWmi(labDirectory: string, moods: Partial<Moods> = {}): Promise<Wmi> {
  const lab = labAt(labDirectory);
  await lab.store.read();
  const mood = { ...calmMoods(), ...moods };
  const upkeep = new Upkeep(lab);
  const server = new WmiServer(lab, upkeep, mood);
  const address = await server.listen();
  const modules = path.join(import.meta.dirname, "module");
  const inherited = process.env.PSModulePath;
  return {
    environment: {
      HYPERV_STANDIN_ADDRESS: address,
      PSModulePath: inherited === undefined ? modules : `${modules}${path.delimiter}${inherited}`,
    },
    moods: mood,
    requests: server.requests,
    broken: server.broken,
    close: async () => {
      upkeep.close();
      await server.close();
    },
  };
}
