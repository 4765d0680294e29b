import { randomUUID } from "node:crypto";
import type { HostInput } from "../domain/hosts/host-input";
import type { ProbeCleaning } from "../domain/probe/probe-report";
import { begin, type Hosts, type Voice } from "./door";
import { Exports } from "./exports";
import { ReferencePoints } from "./points";
import type { CallJournal } from "./probe/call-journal";
import { KeptProbe } from "./probe/kept-probe";
import type { Probing } from "./probe/probe-resources";
import { removeProbe } from "./probe/remove-probe";
import { type Probed, type ProbeWatch, runProbe } from "./probe/run-probe";

export { CallJournal } from "./probe/call-journal";
export type { Probed, ProbeWatch } from "./probe/run-probe";

const LIMIT = "1h";
const silent: Voice = { progress: () => {}, warn: () => {}, conclude: () => {}, concludeIfShown: () => {} };

/** The door for probes: finding out what a real host writes, with a machine that is made for it and removed again. */
export class Probes {
  constructor(private readonly hosts: Hosts) {}

  /**
   * @param directory of the host: all that is made of files lies in a new folder of it, but the records
   * @param journal stands before the host that `hosts` opens
   */
  probe(host: HostInput, directory: string, journal: CallJournal, watch: ProbeWatch): Promise<Probed> {
    const record = {
      format: "hyperv-export/probe-record",
      version: 1,
      id: randomUUID(),
      mark: randomUUID(),
      directory,
      begun: [],
    } as const;
    return runProbe(this.probing(host), { ...record, begun: [] }, journal, watch);
  }

  /** Removes what earlier probes of the host have left: those that were killed, or could not remove all. */
  async clean(host: HostInput): Promise<ProbeCleaning> {
    const probing = this.probing(host);
    const probes: ProbeCleaning["probes"] = [];
    for (const kept of await KeptProbe.all(probing.operation)) {
      const { removed, left, foreign } = await removeProbe(probing, kept);
      probes.push({ id: kept.record.id, removed, left, foreign });
    }
    return { format: "hyperv-export/probe-clean", version: 1, probes };
  }

  private probing(host: HostInput): Probing {
    const exports = new Exports(this.hosts);
    const points = new ReferencePoints(this.hosts);
    const { operation } = begin(this.hosts, host, LIMIT, "the limit of a probe", silent);
    return {
      operation,
      host,
      doors: {
        createPoint: (inputs) => points.create(inputs, silent),
        deletePoint: (held) => points.delete(held, silent),
        createExport: (inputs) => exports.create(inputs, silent),
        deleteExport: (held) => exports.delete(held, silent),
      },
    };
  }
}
