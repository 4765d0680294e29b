import fc from "fast-check";
import { inProcessStage } from "../in-process/stage";
import type { Model } from "../sequences";
import { type Manner, type Step, step } from "./commands";
import { PointsRun } from "./run";

/** Points, and an export that has one as its base, by the provider's doors in this process. Kills are at calls of the host. */
export const pointsModel: Model<Step, Manner> = {
  name: "points",
  step,
  setting: fc.constantFrom<Manner>("by a job", "listed late", "at once"),
  stage: () => inProcessStage(PointsRun.open),
};
