import { SimulatorHost } from "../../../provider/host/simulator/index";
import { Chains } from "../../../provider/lifecycle/chains";
import { type Hosts, openSession, type Voice } from "../../../provider/lifecycle/door";
import { Exports } from "../../../provider/lifecycle/exports";
import { ReferencePoints } from "../../../provider/lifecycle/points";
import { decorate } from "../../support/decorated-host";
import type { DeathAtCall } from "./death-at-call";

/** What one provider process holds: doors and a host of its own, and what it has said. Nothing is shared with the next one. */
export class ProviderRun {
  readonly said: string[] = [];
  readonly voice: Voice = { progress: () => {}, warn: (text) => this.said.push(text), conclude: () => {}, concludeIfShown: () => {} };
  readonly doors: { readonly point: ReferencePoints; readonly export: Exports; readonly chain: Chains };
  private readonly host: SimulatorHost;

  constructor(
    labDirectory: string,
    readonly death?: DeathAtCall,
  ) {
    this.host = new SimulatorHost(labDirectory);
    const session = openSession(death ? decorate(this.host, death.intervene) : this.host);
    const hosts: Hosts = { session: () => session, pathStyleOf: () => "posix" };
    this.doors = { point: new ReferencePoints(hosts), export: new Exports(hosts), chain: new Chains(hosts) };
  }

  get isDead(): boolean {
    return this.death?.happened === true;
  }

  /** As a dropped connection: its tasks end, the host's jobs go on. */
  close(): Promise<void> {
    return this.host.close();
  }
}
