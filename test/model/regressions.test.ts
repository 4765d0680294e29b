import { afterAll, beforeAll, expect, it } from "vitest";
import { usualLayout } from "../support/layouts";
import { ProviderPool } from "./provider-pool";
import { regressions } from "./regressions";
import { play } from "./sequences";

let pool: ProviderPool;
beforeAll(async () => {
  pool = await ProviderPool.start();
});
afterAll(() => pool.close());

it.each(regressions)("$name", async ({ steps, layout = usualLayout }) => {
  expect(await play(steps, layout, pool)).toBeUndefined();
});
