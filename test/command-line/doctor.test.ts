import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hostSteps } from "../../provider/domain/look-ups/host-steps";
import { Simulator } from "../../provider/host/simulator/index";
import { codesOf, doctor, outcomes } from "./run-doctor";
import { runTool } from "./run-tool";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "doctor-")));
const lab = join(scratch, "lab");
beforeAll(() => Simulator.open(lab));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("doctor of a simulator", () => {
  it("is a check list, with a line as each step ends and the verdict last", async () => {
    const absent = join(scratch, "absent");
    const { code, output, errors } = await runTool(["doctor", "--host", `simulator:${lab}`, "--directory", absent, "--directory", scratch]);
    expect([code, errors]).toEqual([0, ""]);
    const lines = output.split("\n").filter((line) => !line.startsWith(" "));
    const time = String.raw`\([0-9.]+m?s\)`;
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^ok {9}${hostSteps.connect.title} ${time}$`)),
      expect.stringMatching(new RegExp(`^ok {9}${hostSteps.inspect.title} ${time}$`)),
      expect.stringMatching(new RegExp(`^ok {9}${hostSteps.machines.title} ${time}$`)),
      expect.stringMatching(new RegExp(`^ok {9}${hostSteps.directory.title}: ${absent} ${time}$`)),
      expect.stringMatching(new RegExp(`^ok {9}${hostSteps.directory.title}: ${scratch} ${time}$`)),
      "",
      `Healthy: the simulator in ${lab} has what exports need, as far as was looked.`,
      "",
    ]);
    expect(output).toMatch(/\n {11}6 machines\n/);
    expect(output).toMatch(/\n {11}it is not there yet, [0-9.]+ [KMGT]iB free\n[^ ]/);
    expect(existsSync(absent)).toBe(false);
  });

  it("of a folder without a lab says that it does not answer, makes none and ends with 2", async () => {
    const empty = join(scratch, "no-lab");
    const looked = await doctor(["--host", `simulator:${empty}`, "--directory", scratch]);
    expect([looked.code, looked.report.result]).toEqual([2, "unknown"]);
    expect(outcomes(looked)).toEqual(["connect fine", "inspect unreachable", "machines skipped", "directory skipped"]);
    expect(existsSync(empty)).toBe(false);
  });

  it("tells what is wrong with a directory, goes on, and ends with 1", async () => {
    const file = join(scratch, "file");
    writeFileSync(file, "");
    const looked = await doctor(["--host", `simulator:${lab}`, "--directory", file, "--directory", scratch]);
    expect([looked.code, looked.report.result, codesOf(looked)]).toEqual([1, "problems", ["not-a-directory"]]);
    expect(outcomes(looked).slice(3)).toEqual(["directory problem", "directory fine"]);
    expect(looked.report.directories).toMatchObject([{ directory: scratch, exists: true }]);
  });
});
