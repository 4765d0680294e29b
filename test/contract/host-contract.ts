import { afterAll, beforeAll, describe } from "vitest";
import { exportMethod } from "./export-method";
import { ExportTrial } from "./export-trial";
import { fileContract } from "./file-contract";
import { jobs } from "./jobs";
import { machines } from "./machines";
import { pointJobs } from "./point-jobs";
import { points } from "./points";
import { prepare } from "./prepare";
import type { ContractStage, ExportManner } from "./stage";
import { synchronousExports } from "./synchronous-exports";

/** The Host port's promises, for any adapter. `open` makes a stage anew each time. */
export function hostContract(name: string, manner: ExportManner, open: () => Promise<ContractStage>): void {
  describe(`host contract: ${name}`, () => {
    let current: ExportTrial;
    const trial = () => current;
    beforeAll(async () => {
      current = new ExportTrial(await open());
    });
    afterAll(() => current.stage.dispose());

    describe("preparation", () => prepare(trial));
    describe("machines and points", () => machines(trial));
    describe("ExportReferencePoint", () => exportMethod(trial));
    if (manner.exports === "job") describe("jobs", () => jobs(trial, manner.jobNames));
    else describe("synchronous exports", () => synchronousExports(trial));
    describe("making and destroying points", () => points(trial));
    if (manner.points === "job") describe("jobs about points", () => pointJobs(trial));
  });
  fileContract(name, open);
}
