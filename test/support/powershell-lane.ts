import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { SharedSession } from "../../provider/host/powershell/shared-session";
import type { Ways } from "./ground";
import type { Reach } from "./reach";
import type { Scene } from "./scene";
import { WatchedShells } from "./watched-shells";
import { startWmi, type Wmi } from "./wmi/start-wmi";

/** A shell that hangs is noticed by its pings: soon, and yet not while it only waits for the processor. */
const TIMES = { handshakeMs: 120_000, pingMs: 10_000, silenceSeconds: 240, closeMs: 1500 };

/** A real PowerShell on this machine in which Hyper-V is played; one scene after the other has it. */
export class PowerShellLane implements Ways {
  /** Each connection starts a shell, and ends it. */
  readonly disturbed: Reach = { connect: () => this.connect() };
  /** Connections that leave a warm shell to the next one: to start one costs more than a whole story. */
  readonly calm: Reach = { connect: () => this.connectTo(this.kept) };
  readonly shells: WatchedShells;
  private readonly kept: KeptSession;
  private latest: PowerShellHost | undefined;

  private constructor(
    executable: string,
    readonly wmi: Wmi,
  ) {
    const shells = () => new WatchedShells(localTransport({ executable }), wmi.environment);
    this.shells = shells();
    this.kept = new KeptSession(shells(), TIMES);
  }

  static async open(executable: string, { labDirectory }: Scene): Promise<PowerShellLane> {
    return new PowerShellLane(executable, await startWmi(labDirectory));
  }

  /** The process of the shell that the latest disturbed connection has; started where none is. */
  async shell(): Promise<number> {
    if (this.latest === undefined) throw new Error("nobody has connected yet");
    return (await this.latest.greeting()).processId;
  }

  forgetJobs(): void {
    this.wmi.moods.jobsForgottenBefore = Date.now() + 1;
  }

  async close(): Promise<void> {
    await Promise.all([this.kept.end(), this.latest?.close()]);
    await this.wmi.close();
  }

  private connect(): PowerShellHost {
    this.latest = new PowerShellHost(this.shells, TIMES);
    return this.latest;
  }

  /** Everything on this side is new, as in a new process. */
  private connectTo(session: SharedSession): PowerShellHost {
    const host = new PowerShellHost(session.transport, TIMES);
    Reflect.set(host, "session", session);
    return host;
  }
}

class KeptSession extends SharedSession {
  override async close(): Promise<void> {}

  end(): Promise<void> {
    return super.close();
  }
}
