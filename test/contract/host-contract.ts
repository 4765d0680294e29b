import { afterAll, beforeAll, describe } from "vitest";
import { directories } from "./directories";
import { exportMethod } from "./export-method";
import { jobs } from "./jobs";
import { links } from "./links";
import { look } from "./look";
import { machines } from "./machines";
import { moves } from "./moves";
import { relativePaths } from "./relative-paths";
import { sessions } from "./sessions";
import type { ContractStage, ExportManner } from "./stage";
import { survey } from "./survey";
import { synchronousExports } from "./synchronous-exports";
import { tasks } from "./tasks";
import { textFiles } from "./text-files";
import { Trial } from "./trial";

/** The Host port's promises, for any adapter. */
export function hostContract(name: string, manner: ExportManner, open: () => Promise<ContractStage>): void {
  describe(`Host contract: ${name}`, () => {
    let current: Trial;
    const trial = () => current;
    beforeAll(async () => {
      current = new Trial(await open());
    });
    afterAll(() => current.stage.dispose());

    describe("machines and points", () => machines(trial));
    describe("ExportReferencePoint", () => exportMethod(trial));
    if (manner.exports === "job") describe("jobs", () => jobs(trial, manner.jobNames));
    else describe("synchronous exports", () => synchronousExports(trial));
    describe("a look at directories", () => look(trial));
    describe("a survey of directories", () => survey(trial));
    describe("directories", () => directories(trial));
    describe("text files", () => textFiles(trial));
    describe("moves", () => moves(trial));
    describe("links", () => links(trial));
    describe("relative paths", () => relativePaths(trial));
    describe("tasks", () => tasks(trial));
    describe("sessions", () => sessions(trial));
  });
}
