/** The Pulumi CLI that is downloaded or built, and the one the tests were written against. */
export const cliVersion = "3.259.0";

/** The oldest CLI on PATH that is used as it is: the first with every flag that the demo and the tests pass. */
export const oldestCliVersion = "3.200.0";

/** Orders two versions such as "3.259.0" and "v3.300.1-alpha.2": below zero when the first is the older one. */
export function compareVersions(first, second) {
  const [a, b] = [first, second].map((text) => text.replace(/^v/, "").split("-")[0].split(".").map(Number));
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
