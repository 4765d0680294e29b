/**
 * The closing line that says how many tests ran, from Vitest's JSON report. A file that could not be loaded counts as a failed test.
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {{ passed: number, failed: number, skipped: number, line: string }}
 */
export function countTests(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const withStatus = (...names) => tests.filter(({ status }) => names.includes(status)).length;
  const brokenFiles = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  ).length;
  const passed = withStatus("passed");
  const failed = withStatus("failed") + brokenFiles;
  const skipped = tests.length - passed - withStatus("failed");
  return { passed, failed, skipped, line: `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}` };
}
