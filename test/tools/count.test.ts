import { describe, expect, it } from "vitest";
import { countTests } from "../../tools/testing/count.mjs";

const file = (status: string, ...statuses: string[]) => ({ status, assertionResults: statuses.map((one) => ({ status: one })) });

describe("the closing line", () => {
  it("counts passed, failed and skipped tests", () => {
    const report = { testResults: [file("passed", "passed", "passed"), file("failed", "failed", "passed", "pending", "todo")] };
    expect(countTests(report).line).toBe("3 passed, 1 failed, 2 skipped");
  });

  it("leaves out skipped tests when there are none", () => {
    expect(countTests({ testResults: [file("passed", "passed")] }).line).toBe("1 passed, 0 failed");
  });

  it("counts a file that could not be loaded as a failure", () => {
    expect(countTests({ testResults: [file("passed", "passed"), file("failed")] }).line).toBe("1 passed, 1 failed");
  });
});
