import fc from "fast-check";
import type { Intervention, PortCall } from "../../support/decorated-host";

/** Where a process dies: at which of its calls, and whether the host had heard of that one, or done it. */
export interface DeathPoint {
  /** Looks at a job that are repeated count once: how often there is one depends on the time. */
  readonly at: number;
  readonly when: "before" | "during" | "after";
}

export function deathPoint(mostCalls: number): fc.Arbitrary<DeathPoint> {
  return fc.record({
    at: fc.integer({ min: 1, max: mostCalls }),
    when: fc.constantFrom("before" as const, "during" as const, "after" as const),
  });
}

/** The end of a process at one call, if it comes to that. From then on the host answers it nothing, so nothing of it goes on. */
export class DeathAtCall {
  happened = false;
  readonly moment: Promise<void>;
  private tell: () => void = () => {};
  private calls = 0;
  private last = "";

  constructor(private readonly point: DeathPoint) {
    this.moment = new Promise((resolve) => {
      this.tell = resolve;
    });
  }

  readonly intervene: Intervention = async (call, run) => {
    if (this.happened) return never();
    if (!this.isDue(call)) {
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

  private isDue({ key, method }: PortCall): boolean {
    const kind = method === "poll" ? key.replace(/#.*/, "") : key;
    if (kind === this.last) return false;
    this.last = kind;
    return ++this.calls === this.point.at;
  }
}

/** By then the request is on its way. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function never(): Promise<never> {
  return new Promise(() => {});
}
