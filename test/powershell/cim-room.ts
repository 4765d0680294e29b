import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Answer, HostError } from "../../provider/host/port";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { Simulator } from "../../provider/host/simulator/index";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { calmMoods } from "../support/wmi/moods";
import { startWmi, type Wmi } from "../support/wmi/start-wmi";
import { ShellRoom } from "./shell-room";

/** The longest query that the bridge asks. */
const MOST_CONDITIONS = 50;

/** A lab, the stand-in for WMI that shows it, and a host that sees it through a PowerShell. */
export class CimRoom {
  private constructor(
    private readonly powershell: string,
    readonly room: ShellRoom,
    readonly lab: Simulator,
    readonly wmi: Wmi,
    readonly host: PowerShellHost,
  ) {}

  static async open(powershell: string): Promise<CimRoom> {
    const room = new ShellRoom(powershell);
    const lab = await Simulator.open(room.path("lab"));
    const wmi = await startWmi(room.path("lab"));
    setShellEnvironment(wmi.environment);
    return new CimRoom(powershell, room, lab, wmi, new PowerShellHost(localTransport({ executable: powershell })));
  }

  /** A session of its own: what a shell remembers must not hide anything. */
  async afresh<T>(work: (other: PowerShellHost) => Promise<T>, executable = this.powershell): Promise<T> {
    const other = new PowerShellHost(localTransport({ executable }));
    try {
      return await work(other);
    } finally {
      await other.close();
    }
  }

  /**
   * One whose token UAC has filtered, so that jobs may be hidden from it. Windows alone has such tokens: what the shell says of its own is
   * changed on the way.
   */
  filtered<T>(work: (other: PowerShellHost) => Promise<T>): Promise<T> {
    return this.afresh(work, this.room.program(`"$POWERSHELL" "$@" | sed -u 's/"filteredToken":false/"filteredToken":true/'`));
  }

  /** Ids of machines that have been added. */
  fleet(count: number, name: string): Promise<string[]> {
    const disks = [{ name: "disk.vhdx", bytes: 512 }];
    const add = async (_: unknown, index: number) => (await this.lab.addVirtualMachine({ name: `${name}${index}`, disks })).id;
    return Promise.all(Array.from({ length: count }, add));
  }

  /** Methods that were called since the test began, in order. */
  invocations(): string[] {
    return this.wmi.requests.filter(({ operation }) => operation === "invoke").map(({ text }) => text);
  }

  associations(): number {
    return this.wmi.requests.filter(({ operation }) => operation === "associated").length;
  }

  expectBoundedQueries(): void {
    for (const { text } of this.wmi.requests) expect(text.split(" OR ").length).toBeLessThanOrEqual(MOST_CONDITIONS);
  }

  calm(): void {
    Object.assign(this.wmi.moods, calmMoods());
    expect(this.wmi.broken).toEqual([]);
    this.wmi.requests.length = 0;
  }

  async close(): Promise<void> {
    await this.host.close();
    await this.wmi.close();
    await this.room.remove();
  }
}

/** @param define the tests; the room is there when they run, and calm again after each */
export function describeThroughCim(name: string, define: (cim: () => CimRoom) => void): void {
  describeWithPowerShell(name, (powershell) => {
    let cim: CimRoom;
    beforeAll(async () => {
      cim = await CimRoom.open(powershell);
    });
    define(() => cim);
    afterEach(() => cim.calm());
    afterAll(() => cim.close());
  });
}

export function error(answer: Answer<unknown> | undefined): HostError {
  if (!answer || answer.ok) throw new Error(`no error, but ${JSON.stringify(answer)}`);
  return answer.error;
}

/** Path of the job that a call has started. */
export function pathOf(start: { readonly kind: string }): string {
  if (!("path" in start)) throw new Error(start.kind);
  return String(start.path);
}
