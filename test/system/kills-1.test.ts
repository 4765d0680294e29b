import { describe, it } from "vitest";
import { killOnce } from "./kills";
import { plannedKills } from "./plan";

// In two files, so that two run at once.
describe("the real CLI, killed", () => {
  const kills = plannedKills().filter((_, index) => index % 2 === 0);
  it.each(kills)("$operation, $kind, after $moment ms", ({ operation, kind, moment }) => killOnce(operation, kind, moment), 120_000);
});
