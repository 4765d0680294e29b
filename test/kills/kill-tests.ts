import { expect, test } from "vitest";
import { type Ground, simulatorGround } from "../support/ground";
import { Points } from "../support/points";
import type { Story } from "../support/stories";
import { type Killing, killEverywhere, nameOf, type Recovery, recoveries } from "./every-point";

/** Many runs share the processor; each has a limit of its own. */
const LONGEST_MS = 900_000;

/** How a job ends makes no difference to what starts none and meets none. */
function mannersOf(story: Story, ground: Ground): string[] {
  const all = Object.keys(ground.manners);
  return story.exports > 0 || story.meetsJob ? all : all.slice(0, 1);
}

/**
 * A second kill is tried under one manner of the host: how a job ends makes no difference to it. Where files tell the end of an export,
 * forgotten jobs are a manner of the host.
 */
function recoveriesOf(story: Story, ground: Ground, manner: string): Recovery[] {
  const isFirst = manner === Object.keys(ground.manners)[0];
  const hasJob = story.exports > 0 || story.meetsJob === true;
  return (Object.keys(recoveries) as Recovery[]).filter((name) => {
    const { refresh, kills, forgets } = recoveries[name];
    if (forgets) return isFirst && hasJob && !ground.filesTellEnd;
    return !(story.fromNothing && refresh) && (kills === 1 || isFirst);
  });
}

function killingsOf(story: Story, ground: Ground): Killing[] {
  return mannersOf(story, ground).flatMap((manner) =>
    ground
      .layoutsOf(manner)
      .flatMap((layout) => recoveriesOf(story, ground, manner).map((recovery) => ({ story, ground, manner, layout, recovery }))),
  );
}

/** One test a story, manner of the host, layout of its files and way to recover; the number of points tried is printed at the end. */
export function proveKills(title: string, stories: readonly Story[]): void {
  const points = new Points("HYPERV_KILL_POINT", `kills of ${title}, each recovered by one run`);
  for (const [index, killing] of stories.flatMap((story) => killingsOf(story, simulatorGround)).entries()) {
    const name = nameOf(killing);
    test.concurrent(name, { timeout: LONGEST_MS }, async () => {
      expect((await killEverywhere([killing], name, points, index)).join("\n")).toBe("");
    });
  }
}

/** Far apart, so that stories that are alike are killed at different calls where only a share of them is tried. */
const POINTS_BETWEEN_STORIES = 37;

/** One test a story, with every manner of the host and way to recover. */
export function proveKillsOn(ground: Ground, stories: readonly Story[]): void {
  const points = new Points("HYPERV_KILL_POINT", `kills ${ground.name}, each recovered by one run`);
  for (const [index, story] of stories.entries()) {
    const name = `${story.name}, ${ground.name}, ends well, and killed at any call is put right by the next run`;
    test.concurrent(name, { timeout: ground.longestTestMs }, async () => {
      const killings = killingsOf(story, ground) as [Killing, ...Killing[]];
      expect((await killEverywhere(killings, name, points, index * POINTS_BETWEEN_STORIES)).join("\n")).toBe("");
    });
  }
}
