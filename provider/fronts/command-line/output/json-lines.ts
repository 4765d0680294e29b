export function jsonLines(report: object): string[] {
  return [JSON.stringify(report, undefined, 2)];
}
