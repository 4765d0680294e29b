import type { Intervention } from "./decorated-host";

export interface Point {
  /** {@link PortCall.key} */
  readonly key: string;
  readonly when: Moment;
}

/** Before the host was asked, when it had been asked and nobody waited for its answer, or when it had done what was asked. */
export type Moment = "before" | "during" | "after";

/**
 * The end of a process at one call. From then on the host answers nothing, so nothing of that run goes on: whoever waits for it waits for
 * ever, as a killed process does.
 */
export class Death {
  readonly keys: string[] = [];
  happened = false;
  readonly moment: Promise<void>;
  private tell: () => void = () => {};

  /** @param point none: nobody dies, the calls are only written down */
  constructor(private readonly point?: Point) {
    this.moment = new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  readonly intervene: Intervention = async (call, run) => {
    if (this.happened) return never();
    this.keys.push(call.key);
    if (call.key !== this.point?.key) {
      const answer = await run();
      return this.happened ? never() : answer;
    }
    if (this.point.when !== "before") {
      const running = run().catch(() => {});
      await (this.point.when === "after" ? running : nextTurn());
    }
    this.happened = true;
    this.tell();
    return never();
  };
}

/** By then the request is on its way. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function never(): Promise<never> {
  return new Promise(() => {});
}
