import { describe, expect, it } from "vitest";
import type { ExportTarget } from "../../provider/domain/records/export-target";
import { requireSpace } from "../../provider/lifecycle/export-job/free-space";

const disk = (path: string, bytes: number, allocatedBytes?: number) => ({
  instanceId: path,
  path,
  bytes,
  ...(allocatedBytes !== undefined && { allocatedBytes }),
});
const [told, chained] = [disk("D:\\told.vhdx", 64, 5), disk("D:\\data.avhdx", 7)];

function target(disks: ExportTarget["disks"], more: Partial<ExportTarget> = {}): ExportTarget {
  const ids = { virtualMachineId: "A", virtualMachineName: "SQL01", referencePointId: "B" };
  return { ...ids, consistency: "unknown", disksToExport: [], disks, ...more };
}

/** What is said of the space in a directory. */
function saidOf(what: ExportTarget, free: number | undefined, freed?: number): string[] {
  const warnings: string[] = [];
  const operation = { warn: (text: string) => void warnings.push(text) };
  try {
    requireSpace(operation, what, "E:\\e", free, freed === undefined ? undefined : { bytes: freed, by: "removing the old export" });
  } catch (error) {
    return [(error as Error).message];
  }
  return warnings;
}

describe("what nobody can tell of the space is a warning, however much is free", () => {
  it.each<[string, ExportTarget, number | undefined, string[]]>([
    ["all is told", target([told]), 5, []],
    [
      "how much of a disk is in use",
      target([told, chained]),
      2 ** 40,
      [
        "The host cannot tell how much of D:\\data.avhdx is in use. The other disks need 5 B, E:\\e has 1 TiB free; the job fails if the disks do not fit.",
      ],
    ],
    [
      "how much of the only disk",
      target([chained]),
      9,
      ["The host cannot tell how much of D:\\data.avhdx is in use. E:\\e has 9 B free; the job fails if the disks do not fit."],
    ],
    [
      "how much is free",
      target([told]),
      undefined,
      ["The host cannot tell the free space of E:\\e. The disks need 5 B at most; the job fails if the disks do not fit."],
    ],
    [
      "neither",
      target([chained]),
      undefined,
      ["The host cannot tell how much of D:\\data.avhdx is in use, nor the free space of E:\\e. The job fails if the disks do not fit."],
    ],
    ["of a differential export nobody ever can", target([chained], { baseReferencePointId: "C" }), undefined, []],
  ])("%s", (_, what, free, expected) => expect(saidOf(what, free)).toEqual(expected));
});

describe("what is known not to fit is refused", () => {
  it.each<[string, ExportTarget, number, number | undefined, string]>([
    ["all is told", target([told]), 4, undefined, "the disks need 5 B, the volume has 4 B free"],
    ["one disk is not told", target([told, chained]), 4, undefined, "the disks need at least 5 B, the volume has 4 B free"],
    ["what goes first is too little", target([told]), 2, 2, "the volume has 2 B free, and removing the old export frees 2 B"],
  ])("%s", (_, what, free, freed, expected) => expect(saidOf(what, free, freed)).toEqual([expect.stringContaining(expected)]));

  it("and what goes first counts", () => expect(saidOf(target([told]), 2, 3)).toEqual([]));
});
