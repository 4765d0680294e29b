import { describe, expect, test } from "vitest";
import { Points } from "../support/points";
import { powerShellGround } from "../support/powershell-ground";
import { storyNamed } from "../support/stories";
import { nameOf, troubleEverywhere } from "./every-trouble";
import { proveFaults } from "./faults";
import { shellTroubles as troubles } from "./shell-trouble";

const stories = [
  "create, full",
  "read of the content",
  "repair, file missing",
  "repair, manifest missing",
  "adopt",
  "replacement into the same directory",
  "finish of a partial create",
  "delete",
  "delete of an unfinished export",
  "delete during a repair",
];

/** Far apart, so that stories that are alike meet different troubles at different calls where only a share of them is tried. */
const POINTS_BETWEEN_STORIES = 23;

const ground = powerShellGround();
const points = new Points("HYPERV_TROUBLE_POINT", `troubles of shells and of what is behind them, each got over by the next run`);
for (const [index, name] of stories.entries()) {
  const [manner = ""] = Object.keys(ground.manners);
  const [layout] = ground.layoutsOf(manner);
  if (layout === undefined) throw new Error("there is no layout");
  const troubled = { story: storyNamed(name), ground, troubles, manner, layout };
  test.concurrent(nameOf(troubled), { timeout: ground.longestTestMs }, async () => {
    expect((await troubleEverywhere(troubled, points, index * POINTS_BETWEEN_STORIES)).join("\n")).toBe("");
  });
}

describe("an up that meets a fault of the host is put right by the next one", () => {
  proveFaults(ground);
});
