import { afterAll, describe, it } from "vitest";
import { killOnce } from "./kills";
import { killSeed, type PlannedKill } from "./plan";

/** One test a kill. On a machine so fast that every kill comes too late, nothing was proved, and that fails. */
export function proveKills(kills: readonly PlannedKill[]): void {
  let inTime = 0;
  let tried = 0;
  // The seed stands in the name of a test that fails: it is all that another run needs.
  describe(`the real CLI, killed, is recovered by refresh and up (HYPERV_KILL_SEED=${killSeed})`, () => {
    it.each(kills)(
      "$operation, $kind, after $moment ms",
      async ({ operation, kind, moment, way }) => {
        if (await killOnce(operation, kind, moment, way)) inTime++;
        tried++;
      },
      300_000,
    );
  });
  afterAll(() => {
    console.log(`${inTime} of ${tried} kills came before the end of the operation`);
    if (tried > 0 && inTime === 0)
      throw new Error("Every kill came after the end of its operation: the spans of plan.ts are too long for this machine.");
  });
}
