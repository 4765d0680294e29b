import { HostError } from "../port";
import { Session, type SessionTimes, sessionTimes } from "./session/session";
import type { Transport } from "./transports/transport";

/** The one session of a host: opened by the first request, and anew by the next one after it broke. */
export class SharedSession {
  private opening: Promise<Session> | undefined;
  private readonly closing = new AbortController();

  constructor(
    readonly transport: Transport,
    private readonly times: SessionTimes = sessionTimes,
  ) {}

  /** The session that answered last, over or not. */
  last: Session | undefined;

  async get(): Promise<Session> {
    if (this.closing.signal.aborted) throw new HostError("connectionLost", `The connection to ${this.transport.description} was closed.`);
    const { opening } = this;
    if (opening !== undefined) {
      const session = await opening;
      if (!session.isOver) return session;
      // Of those who see the end of a session, the first one opens the next.
      if (this.opening !== opening || this.closing.signal.aborted) return this.get();
    }
    const next = Session.open(this.transport, this.times, this.closing.signal);
    this.opening = next;
    next.then(
      (session) => {
        this.last = session;
      },
      (error) => {
        const isJudged = this.transport.isTriedOnce === true && error instanceof HostError && error.details.fault === "loginRefused";
        if (this.opening === next && !isJudged) this.opening = undefined;
      },
    );
    return next;
  }

  /** Ends the session in bounded time, also one that is being opened: a first answer may be half a minute away. */
  async close(): Promise<void> {
    this.closing.abort();
    const session = await this.opening?.catch(() => undefined);
    await session?.close();
  }
}
