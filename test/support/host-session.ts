import { randomUUID } from "node:crypto";
import type { PowerShellHost } from "../../provider/host/powershell/index";
import { BatchedHost } from "../../provider/lifecycle/session/batched-host";
import { type LimitName, Operation } from "../../provider/lifecycle/session/operation";
import { decorate, type Intervention } from "./decorated-host";
import { hastyClock } from "./hasty-clock";
import type { Scene } from "./scene";
import { Session } from "./session";

/** A process of the provider whose host is reached by a shell of its own. */
export class HostSession extends Session {
  private readonly batched: BatchedHost;

  constructor(
    scene: Scene,
    readonly host: PowerShellHost,
    intervene: Intervention = (_, run) => run(),
  ) {
    super(scene);
    this.batched = new BatchedHost(decorate(host, intervene), 0);
  }

  override operation(timeLimit: number, limitName: LimitName): Operation {
    const surroundings = {
      host: this.batched,
      hostName: "the host",
      clock: hastyClock,
      progress: (text: string) => this.progress.push(text),
      warn: (text: string) => this.warnings.push(text),
      did: (text: string) => this.deeds.push(text),
      newExportId: () => randomUUID(),
    };
    return new Operation(surroundings, timeLimit, limitName);
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.host.close()]);
  }
}
