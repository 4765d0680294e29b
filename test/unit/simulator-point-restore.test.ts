import * as path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Answer, PointDestruction, PointStart } from "../../provider/host/port";
import { type Bench, errorOf, exportWhole, openBench } from "./simulator-lab";

const DISKS = { "one.vhdx": 48 * 1024, "two.vhdx": 20_000 } as const;
type DiskName = keyof typeof DISKS;

const disk = fc.constantFrom<DiskName>("one.vhdx", "two.vhdx");
const write = fc.record({
  kind: fc.constant("write" as const),
  disk,
  at: fc.nat(99),
  share: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(1000),
});
const pick = fc.nat(1000);
/** A night: what the guest writes, then a point, then an export of it in full or as the difference to one of before. */
const night = fc.record({ kind: fc.constant("night" as const), full: fc.boolean(), base: pick });
const destroy = fc.record({ kind: fc.constant("destroy" as const), point: pick });
const steps = fc.array(fc.oneof({ arbitrary: write, weight: 4 }, { arbitrary: night, weight: 4 }, { arbitrary: destroy, weight: 2 }), {
  minLength: 3,
  maxLength: 18,
});

/** An export that was made: how to restore it, and what must come of that. */
interface Exported {
  readonly point: string;
  /** The full one first. */
  readonly chain: readonly string[];
  readonly hashes: Readonly<Record<string, string>>;
}

it("restores every chain of exports over points that were made and destroyed, byte for byte", async () => {
  let restored = 0;
  let differences = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const at = await openBench({ machines: "none" });
      await at.lab.configure({ pointJobDuration: 0 });
      const disks = Object.entries(DISKS).map(([name, bytes]) => ({ name, bytes }));
      const { id } = await at.lab.addVirtualMachine({ name: "APP01", disks });
      const exports: Exported[] = [];
      const alive = new Set<string>();
      const destroyed: string[] = [];
      for (const step of sequence) {
        if (step.kind === "write") {
          const size = DISKS[step.disk];
          const offset = Math.floor((size * step.at) / 100);
          const bytes = Math.min(size - offset, Math.ceil((size * step.share) / 100));
          await at.lab.writeToDisk({ virtualMachine: id, disk: step.disk, offset, bytes, seed: step.seed });
        } else if (step.kind === "night") {
          const hashes = await hashesNow(at, id);
          const point = await makePoint(at, id);
          alive.add(point);
          const bases = exports.filter((one) => alive.has(one.point));
          const base = step.full ? undefined : bases[step.base % Math.max(1, bases.length)];
          const exportDirectory = at.directory();
          const request = { virtualMachineId: id, referencePointId: point, disksToExport: [], exportDirectory };
          const job = await exportWhole(at.host, base ? { ...request, baseReferencePointId: base.point } : request);
          expect(job?.jobState).toBe(7);
          if (base) differences++;
          exports.push({ point, chain: [...(base?.chain ?? []), exportDirectory], hashes });
        } else {
          const point = [...alive][step.point % Math.max(1, alive.size)];
          if (point === undefined) continue;
          await over(at, (await at.host.destroyReferencePoints([{ virtualMachineId: id, referencePointId: point }]))[0]);
          alive.delete(point);
          destroyed.push(point);
        }
      }
      const [listed] = await at.host.listReferencePoints([id]);
      expect(listed?.ok && listed.value.map((point) => point.id)).toEqual([...alive]);
      // A base that is gone is no base.
      const [gone] = destroyed;
      const [left] = alive;
      if (gone !== undefined && left !== undefined) {
        const request = { virtualMachineId: id, referencePointId: left, disksToExport: [], exportDirectory: at.directory() };
        const [refused] = await at.host.exportReferencePoints([{ ...request, baseReferencePointId: gone }]);
        expect(errorOf(refused).kind).toBe("invalidParameter");
      }
      for (const [index, { chain, hashes }] of exports.entries()) {
        const made = await at.lab.restore({ exports: chain, into: path.join(at.root, `restored-${index}`) });
        expect(Object.fromEntries(made.disks.map(({ name, sha256 }) => [name, sha256]))).toEqual(hashes);
        restored++;
      }
    }),
    { numRuns: 25 },
  );
  // Enough of it was tried.
  expect(restored).toBeGreaterThan(30);
  expect(differences).toBeGreaterThan(10);
});

async function hashesNow({ lab }: Bench, virtualMachine: string): Promise<Record<string, string>> {
  const hashes = Object.keys(DISKS).map(async (name) => [name, await lab.diskSha256({ virtualMachine, disk: name })]);
  return Object.fromEntries(await Promise.all(hashes));
}

async function makePoint(at: Bench, virtualMachineId: string): Promise<string> {
  const [answer] = await at.host.createReferencePoints([{ virtualMachineId, consistency: "crash" }]);
  const id = await over(at, answer);
  if (id === undefined) throw new Error("the job names no point");
  return id;
}

/** Waits for the job's end; the point that it names then. */
async function over({ host }: Bench, answer: Answer<PointStart | PointDestruction> | undefined): Promise<string | undefined> {
  if (!answer?.ok) throw answer?.error;
  if (answer.value.kind !== "job") throw new Error(answer.value.kind);
  for (;;) {
    const [looked] = (await host.poll({ jobs: [], pointJobs: [answer.value.path], tasks: [] })).pointJobs;
    if (!looked?.ok) throw looked?.error;
    if (looked.value?.jobState === 7) return looked.value.referencePointId;
  }
}
