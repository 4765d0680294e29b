import * as path from "node:path";
import { type Lab, labAt } from "../../../provider/host/simulator/lab/lab";
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
  /** Plays another lab from now on, in a calm mood: a shell that is connected finds itself on another host. */
  moveTo(labDirectory: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Plays a Hyper-V host's WMI on a simulator's lab.
 *
 * @param labDirectory The lab's folder; an empty or absent one becomes the default lab.
 */
export async function startWmi(labDirectory: string, moods: Partial<Moods> = {}): Promise<Wmi> {
  const mood = { ...calmMoods(), ...moods };
  const lab = await openLab(labDirectory);
  const server = new WmiServer(lab, new Upkeep(lab), mood);
  const address = await server.listen();
  const modules = path.join(import.meta.dirname, "module");
  const inherited = process.env.PSModulePath;
  return {
    environment: {
      HYPERV_STANDIN_ADDRESS: address,
      HYPERV_BRIDGE_RECORDS: path.join(labDirectory, "records"),
      PSModulePath: inherited === undefined ? modules : `${modules}${path.delimiter}${inherited}`,
    },
    moods: mood,
    requests: server.requests,
    broken: server.broken,
    moveTo: async (directory) => {
      const next = await openLab(directory);
      Object.assign(mood, calmMoods());
      server.moveTo(next, new Upkeep(next));
    },
    close: () => server.close(),
  };
}

async function openLab(directory: string): Promise<Lab> {
  const lab = labAt(directory);
  await lab.store.create();
  return lab;
}
