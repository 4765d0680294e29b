import { randomUUID } from "node:crypto";
import type { Host } from "../../provider/host/port";
import { BatchedHost } from "../../provider/lifecycle/session/batched-host";
import type { Clock } from "../../provider/lifecycle/session/clock";
import { MachineQueue } from "../../provider/lifecycle/session/machine-queue";
import { type LimitName, Operation } from "../../provider/lifecycle/session/operation";
import { RefreshSurvey } from "../../provider/lifecycle/session/refresh-survey";
import { decorate, type Intervention } from "./decorated-host";
import { hastyClock } from "./hasty-clock";
import type { Scene } from "./scene";

/** What one provider process holds: a host of its own, and what it said. Nothing is shared with the next one. */
export class Session {
  readonly progress: string[] = [];
  readonly warnings: string[] = [];
  readonly deeds: string[] = [];
  readonly queue = new MachineQueue();
  readonly refreshSurvey = new RefreshSurvey();
  private readonly inner: Host;
  private readonly shared: BatchedHost;

  constructor(
    scene: Scene,
    intervene: Intervention = (_, run) => run(),
    private readonly clock: Clock = hastyClock,
  ) {
    this.inner = scene.reach.connect();
    this.shared = new BatchedHost(decorate(this.inner, intervene), 0);
  }

  operation(timeLimit: number, limitName: LimitName): Operation {
    const surroundings = {
      host: this.shared,
      hostName: "the simulator",
      clock: this.clock,
      progress: (text: string) => this.progress.push(text),
      warn: (text: string) => this.warnings.push(text),
      did: (text: string) => this.deeds.push(text),
      newExportId: () => randomUUID(),
    };
    return new Operation(surroundings, timeLimit, limitName);
  }

  /** Ends the session as a dropped connection does: its tasks end, the host's jobs go on. */
  close(): Promise<void> {
    return this.inner.close();
  }
}
