import { describe, expect, it } from "vitest";
import { aboutLeftOut, leftOut } from "../../tools/testing/left-out.mjs";

const files = [
  "test/unit/guid.test.ts",
  "test/wmi/queries.test.ts",
  "test/powershell/session.test.ts",
  "test/check-powershell/bridge.test.ts",
  "test/contract/powershell-local.test.ts",
  "test/contract/simulator.test.ts",
  "test/kills/kill-moves.test.ts",
  "test/kills/powershell-kills.test.ts",
  "test/troubles/powershell-troubles.test.ts",
  "test/troubles/retries.test.ts",
];

describe("the suites that need PowerShell", () => {
  it("are left out where there is none, and nothing else is", () => {
    expect(leftOut(files, undefined)).toEqual([
      "test/check-powershell/bridge.test.ts",
      "test/contract/powershell-local.test.ts",
      "test/kills/powershell-kills.test.ts",
      "test/powershell/session.test.ts",
      "test/troubles/powershell-troubles.test.ts",
      "test/wmi/queries.test.ts",
    ]);
  });

  it("run under Windows PowerShell, but for the checker, whose parser must know what is newer", () => {
    expect(leftOut(files, "5.1.20348.2849")).toEqual(["test/check-powershell/bridge.test.ts"]);
  });

  it("all run under PowerShell 7", () => expect(leftOut(files, "7.6.9")).toEqual([]));
});

describe("the end of a run that left something out", () => {
  const why = "There is no PowerShell.\nInstall one.";

  it("names the files, the reason and the remedy, and passes", () => {
    const { text, fails } = aboutLeftOut(["test/wmi/queries.test.ts"], why, {});
    expect(text).toContain("test/wmi/queries.test.ts");
    expect(text).toContain(why);
    expect(fails).toBe(false);
  });

  it("fails under CI=true", () => expect(aboutLeftOut(["test/wmi/queries.test.ts"], why, { CI: "true" }).fails).toBe(true));

  it("says nothing when everything ran", () => expect(aboutLeftOut([], why, { CI: "true" })).toEqual({ text: "", fails: false }));
});
