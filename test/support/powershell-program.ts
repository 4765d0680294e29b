/** The PowerShell of this run. Where there is none, "npm test" leaves the suites out that ask for it; a bare Vitest has them fail. */
export function powerShellProgram(): string {
  const program = process.env.HYPERV_TEST_POWERSHELL;
  if (program) return program;
  throw new Error("HYPERV_TEST_POWERSHELL names no PowerShell. Run this by npm test, which finds or installs one.");
}
