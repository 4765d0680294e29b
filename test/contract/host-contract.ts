import { afterAll, beforeAll, describe } from "vitest";
import { checkpointJobs } from "./checkpoint-jobs";
import { CheckpointTrial } from "./checkpoint-trial";
import { checkpoints } from "./checkpoints";
import { exportMethod } from "./export-method";
import { fileContract } from "./file-contract";
import { jobs } from "./jobs";
import { machines } from "./machines";
import { pointJobs } from "./point-jobs";
import { points } from "./points";
import { prepare } from "./prepare";
import { recordsDirectory } from "./records-directory";
import type { ContractStage, ExportManner } from "./stage";
import { synchronousExports } from "./synchronous-exports";

/** The Host port's promises, for any adapter. `open` makes a stage anew each time. */
export function hostContract(name: string, manner: ExportManner, open: () => Promise<ContractStage>): void {
  describe(`host contract: ${name}`, () => {
    let current: CheckpointTrial;
    const trial = () => current;
    beforeAll(async () => {
      current = new CheckpointTrial(await open());
    });
    afterAll(() => current.stage.dispose());

    describe("preparation", () => prepare(trial));
    describe("the folder of records", () => recordsDirectory(trial));
    describe("machines and points", () => machines(trial));
    describe("ExportReferencePoint", () => exportMethod(trial));
    if (manner.exports === "job") describe("jobs", () => jobs(trial, manner.jobNames));
    else describe("synchronous exports", () => synchronousExports(trial));
    describe("making and destroying points", () => points(trial));
    if (manner.points === "job") describe("jobs about points", () => pointJobs(trial));
    describe("checkpoints", () => checkpoints(trial));
    if (manner.checkpoints === "job") describe("jobs about checkpoints", () => checkpointJobs(trial));
  });
  fileContract(name, open);
}
