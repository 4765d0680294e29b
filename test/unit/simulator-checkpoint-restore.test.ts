import * as path from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Answer, CheckpointJob } from "../../provider/host/port";
import { type Bench, openBench } from "./simulator-lab";

const DISKS = { "one.vhdx": 48 * 1024, "two.vhdx": 20_000 } as const;
type DiskName = keyof typeof DISKS;

const disk = fc.constantFrom<DiskName>("one.vhdx", "two.vhdx");
const write = fc.record({ disk, at: fc.nat(99), share: fc.integer({ min: 1, max: 40 }), seed: fc.nat(1000) });
/** What the guest writes, then a checkpoint, what it writes meanwhile, an export, a conversion; and whether the merge goes well. */
const night = fc.record({
  before: fc.array(write, { maxLength: 3 }),
  meanwhile: fc.array(write, { maxLength: 3 }),
  full: fc.boolean(),
  base: fc.nat(1000),
  mergeFails: fc.boolean(),
  thinsOut: fc.boolean(),
});
const nights = fc.array(night, { minLength: 3, maxLength: 8 });

interface Exported {
  readonly point: string;
  /** The full one first. */
  readonly chain: readonly string[];
  readonly hashes: Readonly<Record<string, string>>;
}

it("restores every chain that was made by checkpoint, export and conversion, byte for byte", async () => {
  let restored = 0;
  let differences = 0;
  await fc.assert(
    fc.asyncProperty(nights, async (sequence) => {
      const at = await openBench({ machines: "none" });
      await at.lab.configure({ pointJobDuration: 0, mergeDuration: 0 });
      const disks = Object.entries(DISKS).map(([name, bytes]) => ({ name, bytes }));
      const { id } = await at.lab.addVirtualMachine({ name: "APP01", disks });
      let bases: Exported[] = [];
      const exports: Exported[] = [];
      for (const step of sequence) {
        await written(at, id, step.before);
        const hashes = await hashesNow(at, id);
        const [creating] = await at.host.createCheckpoints([{ virtualMachineId: id, consistency: "crash", ignoreUnsupportedDisks: false }]);
        const checkpointId = (await over(at, creating)).checkpointId ?? "";
        await written(at, id, step.meanwhile);
        const base = step.full ? undefined : bases[step.base % Math.max(1, bases.length)];
        const exportDirectory = at.directory();
        const request = { virtualMachineId: id, checkpointId, intent: "preserveChain", exportDirectory } as const;
        await over(at, (await at.host.exportCheckpoints([base ? { ...request, baseReferencePointId: base.point } : request]))[0]);
        if (base) differences++;
        if (step.mergeFails) await at.lab.setFaults([{ fault: "mergeFails" }]);
        const converted = await over(at, (await at.host.convertCheckpoints([{ virtualMachineId: id, checkpointId }]))[0]);
        await at.lab.clearFaults();
        const made = { point: converted.referencePointId ?? "", chain: [...(base?.chain ?? []), exportDirectory], hashes };
        exports.push(made);
        bases = step.thinsOut ? [made] : [...bases, made];
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
  expect(restored).toBeGreaterThan(50);
  expect(differences).toBeGreaterThan(10);
});

async function written(
  { lab }: Bench,
  virtualMachine: string,
  writes: readonly { disk: DiskName; at: number; share: number; seed: number }[],
) {
  for (const one of writes) {
    const size = DISKS[one.disk];
    const offset = Math.floor((size * one.at) / 100);
    const bytes = Math.min(size - offset, Math.ceil((size * one.share) / 100));
    await lab.writeToDisk({ virtualMachine, disk: one.disk, offset, bytes, seed: one.seed });
  }
}

async function hashesNow({ lab }: Bench, virtualMachine: string): Promise<Record<string, string>> {
  const hashes = Object.keys(DISKS).map(async (name) => [name, await lab.diskSha256({ virtualMachine, disk: name })]);
  return Object.fromEntries(await Promise.all(hashes));
}

/** Waits until the job has done its work. */
async function over({ host }: Bench, answer: Answer<{ readonly kind: string }> | undefined): Promise<CheckpointJob> {
  if (!answer?.ok) throw answer?.error;
  if (!("path" in answer.value)) throw new Error(answer.value.kind);
  for (;;) {
    const [looked] = (await host.poll({ jobs: [], checkpointJobs: [String(answer.value.path)], tasks: [] })).checkpointJobs;
    if (!looked?.ok) throw looked?.error;
    if (looked.value?.jobState === 7) return looked.value;
  }
}
