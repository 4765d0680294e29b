import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import type { Intervention } from "./decorated-host";
import { HostSession } from "./host-session";
import type { RemoteWay } from "./remote-way";
import { Scene } from "./scene";
import { startWmi, type Wmi } from "./wmi/start-wmi";

/** Opening a session takes seconds on a busy machine, and a stalled one is noticed in as many. */
export const slowTimeouts = { create: "10m", stall: "5m", delete: "10m" };

/** How a machine is reached whose shells find that environment. */
export type OpenWay<Way extends RemoteWay> = (powershell: string, environment: Readonly<Record<string, string>>) => Promise<Way>;

/** A scene whose machines stand behind a played WMI, on a host that is reached over a network. */
export class RemoteScene<Way extends RemoteWay = RemoteWay> {
  private exports = 0;

  private constructor(
    readonly scene: Scene,
    readonly wmi: Wmi,
    readonly way: Way,
  ) {}

  static async open<Way extends RemoteWay>(
    powershell: string,
    openWay: OpenWay<Way>,
    configuration: LabConfiguration = {},
  ): Promise<RemoteScene<Way>> {
    // A job takes long enough to be met while it runs.
    const scene = await Scene.open({ bytesPerSecond: 400_000, ...configuration }, slowTimeouts);
    const wmi = await startWmi(scene.labDirectory);
    return new RemoteScene(scene, wmi, await openWay(powershell, wmi.environment));
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
