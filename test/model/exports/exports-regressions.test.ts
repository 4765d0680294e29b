import { afterAll, beforeAll, expect, it } from "vitest";
import { usualLayout } from "../../support/layouts";
import { play } from "../sequences";
import { labTemplate } from "./lab-template";
import { ProviderPool } from "./provider-pool";
import { regressions } from "./regressions";
import { ExportsRun } from "./run";

let pool: ProviderPool;
beforeAll(async () => {
  pool = await ProviderPool.start();
});
afterAll(() => pool.close());

it.each(regressions)("$name", async ({ steps, layout = usualLayout }) => {
  expect(await play(steps, await ExportsRun.open(await labTemplate(), layout, pool))).toBeUndefined();
});
