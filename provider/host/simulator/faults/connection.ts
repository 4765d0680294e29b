import { HostError } from "../../port";
import type { Lab } from "../lab/lab";
import type { FaultSubject } from "./fault-matching";
import type { HostMethod } from "./fault-table";

function labMissing(directory: string): HostError {
  return new HostError("unreachable", `There is no simulated lab in ${directory}.`, {
    path: directory,
    remedy:
      "Check the host's directory, and that its volume is mounted. Where there was none yet, the create of an export, or Simulator.open, makes the lab.",
  });
}

/** A session's connection to the simulated host: every verb goes through it, and it may break before or after the verb has run. */
export class Connection {
  private release: (() => void) | undefined;

  constructor(private readonly lab: Lab) {}

  async call<T>(method: HostMethod, items: readonly FaultSubject[], work: () => Promise<T>): Promise<T> {
    // A look makes nothing: in a lab that a slip or a missing volume has made anew, every export would be gone.
    if (this.lab.store.peek() === undefined) throw labMissing(this.lab.directory);
    this.release ??= this.lab.settlement.use();
    const before = await this.lab.take(["hostUnreachable", "connectionLostBefore"], { method, items });
    if (before?.fault === "hostUnreachable") throw new HostError("unreachable", "The simulated host does not answer.");
    if (before) throw new HostError("connectionLost", `The connection to the simulated host broke before ${method} ran.`);
    const result = await work();
    const after = await this.lab.take(["connectionLostAfter"], { method, items });
    if (after)
      throw new HostError("connectionLost", `The connection to the simulated host broke while ${method} ran; it may or may not have run.`);
    return result;
  }

  /** Nothing goes on in the background for this session any more. */
  close(): void {
    this.release?.();
    this.release = undefined;
  }
}
