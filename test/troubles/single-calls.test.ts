import { expect, test } from "vitest";
import { simulatorGround as ground } from "../support/ground";
import { Points } from "../support/points";
import { storyNamed } from "../support/stories";
import { nameOf, troubleEverywhere } from "./every-trouble";
import { troubles } from "./trouble";

/** Each with the manners of the host that change which calls are made. */
const cases = [
  ["create, full", ["with a job", "synchronously"]],
  ["read", ["with a job"]],
  ["read of the content", ["with a job"]],
  ["repair, file missing", ["with a job"]],
  ["repair, file altered", ["with a job"]],
  ["repair, manifest missing", ["with a job"]],
  ["adopt", ["with a job"]],
  ["delete", ["with a job"]],
  ["delete of an unfinished export", ["with a job"]],
] as const;

/** Hundreds of runs share the processor; each has a limit of its own. */
const LONGEST_MS = 900_000;

const points = new Points("HYPERV_TROUBLE_POINT", "troubles of single calls, each got over by the next run");
let index = 0;
for (const [name, manners] of cases) {
  const story = storyNamed(name);
  for (const manner of manners) {
    for (const layout of ground.layoutsOf(manner)) {
      const troubled = { story, ground, troubles, manner, layout };
      const first = index++;
      test.concurrent(nameOf(troubled), { timeout: LONGEST_MS }, async () => {
        expect((await troubleEverywhere(troubled, points, first)).join("\n")).toBe("");
      });
    }
  }
}
