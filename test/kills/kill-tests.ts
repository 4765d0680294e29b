import { expect, test } from "vitest";
import { hostManners, layoutsOf } from "../support/host-manners";
import { Points } from "../support/points";
import type { Story } from "../support/stories";
import { killEverywhere, nameOf, type Recovery, recoveries } from "./every-point";

/** Many runs share the processor; each has a limit of its own. */
const LONGEST_MS = 900_000;

/** How a job ends makes no difference to what starts none and meets none. */
function mannersOf(story: Story): string[] {
  const all = Object.keys(hostManners);
  return story.exports > 0 || story.meetsJob ? all : all.slice(0, 1);
}

/** A second kill is tried under one manner of the host: how a job ends makes no difference to it. */
function recoveriesOf(story: Story, manner: string): Recovery[] {
  const isFirst = manner === Object.keys(hostManners)[0];
  return (Object.keys(recoveries) as Recovery[]).filter((name) => {
    const { refresh, kills } = recoveries[name];
    return !(story.fromNothing && refresh) && (kills === 1 || isFirst);
  });
}

/** One test a story, manner of the host, layout of its files and way to recover; the number of points tried is printed at the end. */
export function proveKills(title: string, stories: readonly Story[]): void {
  const points = new Points("HYPERV_KILL_POINT", `kills of ${title}, each recovered by one run`);
  for (const story of stories) {
    for (const manner of mannersOf(story)) {
      for (const layout of layoutsOf(manner)) {
        for (const recovery of recoveriesOf(story, manner)) {
          const killing = { story, manner, layout, recovery };
          test.concurrent(nameOf(killing), { timeout: LONGEST_MS }, async () => {
            expect((await killEverywhere(killing, points)).join("\n")).toBe("");
          });
        }
      }
    }
  }
}
