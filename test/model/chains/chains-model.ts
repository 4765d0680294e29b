import fc from "fast-check";
import { inProcessStage } from "../in-process/stage";
import type { Model } from "../sequences";
import type { Manner, Step } from "./commands";
import { step } from "./commands";
import { ChainsRun } from "./run";

/** Chains of two stacks, by the provider's doors in this process. Kills are at calls of the host, and nights pass by a clock that is set. */
export const chainsModel: Model<Step, Manner> = {
  name: "chains",
  step,
  setting: fc.constantFrom<Manner>("by jobs", "points listed late", "exports at once", "without jobs"),
  stage: () => inProcessStage(ChainsRun.open),
};
