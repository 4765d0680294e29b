import { afterAll, expect, test } from "vitest";
import { stories } from "../support/stories";
import { troubleEverywhere } from "./every-trouble";

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

let tried = 0;
for (const [name, manners] of cases) {
  for (const manner of manners) {
    test.concurrent(`${name}, ${manner}`, async () => {
      const story = stories.find((one) => one.name === name);
      if (story === undefined) throw new Error(`there is no story "${name}"`);
      const { points, failures } = await troubleEverywhere(story, manner);
      tried += points;
      expect(failures.join("\n")).toBe("");
    });
  }
}
afterAll(() => console.log(`${tried} troubles of single calls tried`));
