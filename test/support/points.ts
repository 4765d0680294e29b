import { afterAll } from "vitest";

/** What is wrong with one point, said by the work or by the error that it ended with. */
export async function problemsOf(work: () => Promise<string[]>): Promise<string[]> {
  try {
    return await work();
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

/**
 * The points at which the tests of one file disturb a run, counted. A variable of the environment narrows them down to one. A file that
 * has tried none fails: a name with a slip in it would be green.
 */
export class Points {
  private tried = 0;
  private readonly offered = new Set<string>();
  private readonly wanted: string | undefined;

  /** @param summary what is printed at the end, after the number of points */
  constructor(
    private readonly variable: string,
    summary: string,
  ) {
    this.wanted = process.env[variable];
    afterAll(() => {
      if (this.tried === 0) throw new Error(this.nothingTried());
      console.log(`${this.tried} ${summary}`);
    });
  }

  /**
   * Those of a test that are to be tried now.
   *
   * @param share one of so many is enough; the one that the variable names is always due
   * @param first which of those is the first
   */
  due<P>(all: readonly P[], nameOf: (point: P) => string, share = 1, first = 0): P[] {
    for (const point of all) this.offered.add(nameOf(point));
    const due =
      this.wanted === undefined
        ? all.filter((_, index) => index % share === first % Math.min(share, all.length))
        : all.filter((point) => nameOf(point) === this.wanted);
    if (this.wanted === undefined && due.length === 0) throw new Error("The undisturbed run made no call, so there is nothing to disturb.");
    this.tried += due.length;
    return [...due];
  }

  /** The command that tries a point of a test again. */
  onceMore(point: string, place: string, testName: string): string {
    const pattern = testName.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return `once more: ${this.variable}='${point}' npx vitest run ${place} -t '${pattern}$'`;
  }

  private nothingTried(): string {
    const points = [...this.offered].sort().join("\n  ");
    return this.wanted === undefined
      ? "These tests have tried no point at all."
      : `${this.variable} names no point of these tests: "${this.wanted}". They have:\n  ${points}`;
  }
}
