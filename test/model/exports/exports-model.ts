import fc from "fast-check";
import { type Layout, layoutsOfModel } from "../../support/layouts";
import type { Model } from "../sequences";
import { type Step, step } from "./commands";
import { labTemplate } from "./lab-template";
import { ProviderPool } from "./provider-pool";
import { ExportsRun } from "./run";

/** Exports, on the provider's own process. Kills are by the clock. */
export const exportsModel: Model<Step, Layout> = {
  name: "exports",
  step,
  setting: fc.constantFrom(...layoutsOfModel),
  async stage() {
    const template = await labTemplate();
    const pool = await ProviderPool.start();
    return {
      get kills() {
        return pool.kills;
      },
      open: (layout) => ExportsRun.open(template, layout, pool),
      tidy: () => pool.tidy(),
      close: () => pool.close(),
    };
  },
};
