/** Orders two versions such as "3.259.0" and "v3.300.1-alpha.2": below zero when the first is the older one. */
export function compareVersions(first, second) {
  const [a, b] = [first, second].map((text) => text.replace(/^v/, "").split("-")[0].split(".").map(Number));
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
