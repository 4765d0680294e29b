import { expect, it } from "vitest";
import { missed, missedImports } from "../bench/report.mjs";

const MiB = 1024 * 1024;
const row = (n: number, step: string, variant: string, cpu: number, memory: number, properties = 0) => ({
  ...{ n, step, variant, wall: cpu, cpu, memory, calls: {} },
  ...(properties > 0 && { state: { properties, engine: 1000 } }),
});

it("a thousand exports that cost too much miss their marks, each in words", () => {
  const floor = [row(1000, "up", "noop", 10, 0), row(1000, "refresh", "noop", 10, 0)];
  const cheap = [row(1000, "up", "export", 12.5, 120 * MiB, 1536), row(1000, "refresh", "export", 15, 500 * MiB)];
  expect(missed([...floor, ...cheap])).toEqual([]);
  const dear = [row(1000, "up", "export", 12.6, 121 * MiB, 1537), row(1000, "refresh", "export", 15.1, 0)];
  expect(missed([...floor, ...dear])).toEqual([
    "up of 1000, cpu to noop: 1.26, the mark is 1.25",
    "up of 1000, memory over noop: 121 MiB, the mark is 120 MiB",
    "refresh of 1000, cpu to noop: 1.51, the mark is 1.5",
    "state at 1000: 1537 bytes a resource, the mark is 1536",
  ]);
});

it("a package that takes long to load misses its mark, in words", () => {
  const rows = (seconds: number) => [
    { name: "@pulumi/command", seconds: 0.4, modules: 1 },
    { name: "pulumi-hyperv-reference-point", seconds, modules: 1 },
  ];
  expect(missedImports(rows(0.45))).toEqual([]);
  expect(missedImports(rows(0.47))).toEqual(["time to load, to @pulumi/command: 1.17, the mark is 1.15"]);
});
