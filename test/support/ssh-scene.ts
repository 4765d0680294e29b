import { randomUUID } from "node:crypto";
import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import type { PowerShellHost } from "../../provider/host/powershell/index";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import { BatchedHost } from "../../provider/lifecycle/session/batched-host";
import { Operation } from "../../provider/lifecycle/session/operation";
import { decorate, type Intervention } from "./decorated-host";
import { hastyClock } from "./hasty-clock";
import { Scene } from "./scene";
import { Session } from "./session";
import { SshWay } from "./ssh-way";
import { startWmi, type Wmi } from "./wmi/start-wmi";

/** Opening a session takes seconds on a busy machine, and a stalled one is noticed in as many. */
const timeouts = { create: "10m", stall: "5m", delete: "10m" };

/** A process of the provider whose host is reached by a shell of its own. */
class HostSession extends Session {
  private readonly batched: BatchedHost;

  constructor(
    scene: Scene,
    readonly host: PowerShellHost,
    intervene: Intervention = (_, run) => run(),
  ) {
    super(scene);
    this.batched = new BatchedHost(decorate(host, intervene), 0);
  }

  override operation(timeLimit: number, limitName: string): Operation {
    const surroundings = {
      host: this.batched,
      hostName: "127.0.0.1 (SSH)",
      clock: hastyClock,
      progress: (text: string) => this.progress.push(text),
      warn: (text: string) => this.warnings.push(text),
      newExportId: () => randomUUID(),
    };
    return new Operation(surroundings, timeLimit, limitName);
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.host.close()]);
  }
}

/** A scene whose machines stand behind a played WMI, on a host that is reached by SSH. */
export class SshScene {
  private exports = 0;

  private constructor(
    readonly scene: Scene,
    readonly wmi: Wmi,
    readonly way: SshWay,
  ) {}

  static async open(powershell: string, configuration: LabConfiguration = {}): Promise<SshScene> {
    // A job takes long enough to be met while it runs.
    const scene = await Scene.open({ bytesPerSecond: 400_000, ...configuration }, timeouts);
    const wmi = await startWmi(scene.labDirectory);
    return new SshScene(scene, wmi, await SshWay.open(powershell, wmi.environment));
  }

  /** Inputs of an export that there is none of yet. */
  newInputs(): ExportInputs {
    const name = `sql01-${++this.exports}`;
    const createUrn = `urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::${name}`;
    return this.scene.inputs({ exportDirectory: this.scene.at("exports", name), createUrn });
  }

  session(intervene?: Intervention, host = this.way.host()): HostSession {
    return new HostSession(this.scene, host, intervene);
  }

  async close(): Promise<void> {
    await this.way.close();
    await this.wmi.close();
    this.scene.close();
    if (this.wmi.broken.length > 0) throw new AggregateError(this.wmi.broken, "the stand-in of WMI broke");
  }
}
