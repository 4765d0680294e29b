import { afterAll, beforeAll, describe } from "vitest";
import { directories } from "./directories";
import { FileTrial } from "./file-trial";
import { links } from "./links";
import { look } from "./look";
import { moves } from "./moves";
import { preconditions } from "./preconditions";
import { relativePaths } from "./relative-paths";
import { sessions } from "./sessions";
import type { FileStage } from "./stage";
import { survey } from "./survey";
import { tasks } from "./tasks";
import { textFiles } from "./text-files";

/** The port's promises about files, for whatever gives its file verbs. */
export function fileContract(name: string, open: () => Promise<FileStage>): void {
  describe(`file contract: ${name}`, () => {
    let current: FileTrial;
    const trial = () => current;
    beforeAll(async () => {
      current = new FileTrial(await open());
    });
    afterAll(() => current.stage.dispose());

    describe("a look at directories", () => look(trial));
    describe("a survey of directories", () => survey(trial));
    describe("directories", () => directories(trial));
    describe("text files", () => textFiles(trial));
    describe("moves", () => moves(trial));
    describe("preconditions", () => preconditions(trial));
    describe("links", () => links(trial));
    describe("relative paths", () => relativePaths(trial));
    describe("tasks", () => tasks(trial));
    describe("sessions", () => sessions(trial));
  });
}
