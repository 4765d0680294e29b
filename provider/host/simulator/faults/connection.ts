import { HostError } from "../../port";
import type { Lab } from "../lab/lab";
import type { FaultSubject } from "./fault-matching";
import type { HostMethod } from "./fault-types";

/** A session's connection to the simulated host: every verb goes through it, and it may break before or after the verb has run. */
export class Connection {
  private release: (() => void) | undefined;

  constructor(private readonly lab: Lab) {}

  async call<T>(method: HostMethod, items: readonly FaultSubject[], work: () => Promise<T>): Promise<T> {
    // Also where the verb itself does not need the lab: without one there is no host.
    await this.lab.store.read();
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
