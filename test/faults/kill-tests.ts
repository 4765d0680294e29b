import { afterAll, expect, test } from "vitest";
import { killEverywhere, type Recovery, recoveries } from "./every-point";
import { hostManners, type Story } from "./stories";

/** One test a story, manner of the host and way to recover; the number of points tried is printed at the end. */
export function proveKills(title: string, stories: readonly Story[]): void {
  let tried = 0;
  for (const story of stories) {
    for (const manner of Object.keys(hostManners)) {
      for (const recovery of Object.keys(recoveries) as Recovery[]) {
        test(`${story.name}, ${manner}; ${recovery}`, async () => {
          const { points, failures } = await killEverywhere(story, manner, recovery);
          tried += points;
          expect(failures.join("\n")).toBe("");
        });
      }
    }
  }
  afterAll(() => console.log(`${title}: killed at ${tried} points, every one recovered by one run`));
}
