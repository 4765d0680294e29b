import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import { byLabel, lineOf } from "../../provider/domain/export-chain/generation/generation";
import { ChainEngine } from "../support/chain-engine";
import { run } from "../support/chain-run";
import { ChainScene } from "../support/chain-scene";
import { recordsIn } from "../support/records";

const MIB = 1024 * 1024;
const GUEST_BYTES = 8 * MIB;
/** What the guest holds at first: the place is found in the file by its content, since qemu-img tells no places in a VHDX. */
const written = { offset: 5 * MIB, bytes: MIB / 16, pattern: 0x5a };

const qemu = (program: "qemu-img" | "qemu-io", ...given: string[]) => execFileSync(program, given, { encoding: "utf8" });

/** Whether a VHDX is sound and holds, for a guest, exactly what a raw image does. */
function holds(vhdx: string, raw: string): boolean {
  qemu("qemu-img", "check", "-q", "-f", "vhdx", vhdx);
  const { status, stderr } = spawnSync("qemu-img", ["compare", "-q", "-f", "vhdx", "-F", "raw", vhdx, raw], { encoding: "utf8" });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return status === 0;
}

const isThere = spawnSync("qemu-img", ["--version"]).status === 0;

describe.skipIf(process.platform === "win32" || (!isThere && process.env.CI !== "true"))("real VHDX files (needs qemu-utils)", () => {
  test.each(["referencePoint", "checkpoint"] as const)(
    "are read by qemu as the guest has left them, after a chain via a %s",
    async (via) => {
      const place = await ChainScene.open({}, via);
      const { lab } = place.scene;
      const at = (name: string) => path.join(place.scene.directory, name);
      const source = at("source.vhdx");
      qemu("qemu-img", "create", "-q", "-f", "vhdx", "-o", "block_size=1M", source, String(GUEST_BYTES));
      qemu("qemu-io", "-f", "vhdx", "-c", `write -q -P ${written.pattern} ${written.offset} ${written.bytes}`, source);
      const placeInFile = fs.readFileSync(source).indexOf(Buffer.alloc(written.bytes, written.pattern));
      expect(placeInFile).toBeGreaterThan(0);
      const which = { virtualMachine: "VHD01", disk: "data.vhdx" };
      await lab.addVirtualMachine({ name: which.virtualMachine, disks: [{ name: which.disk, source }] });

      const guest = Buffer.alloc(GUEST_BYTES);
      guest.fill(written.pattern, written.offset, written.offset + written.bytes);
      const rawOf = (label: string) => at(`${label}.raw`);
      const engine = new ChainEngine();
      for (let night = 1; night <= 4; night++) {
        const change = { offset: placeInFile + night * 4000, bytes: 6000 };
        await lab.writeToDisk({ ...which, ...change, seed: `night ${night}` });
        (await lab.readDisk({ ...which, ...change })).copy(guest, written.offset + night * 4000);
        fs.writeFileSync(rawOf(`n${night}`), guest);
        const inputs = place.inputs({ virtualMachine: which.virtualMachine, generation: `n${night}` });
        await run(place, (session) => engine.up(session, inputs));
      }

      const generations = place.record()?.generations ?? [];
      expect(generations.map(({ kind }) => kind)).toEqual(["full", "differential", "differential", "full"]);
      for (const generation of generations) {
        const line = lineOf(generation, byLabel(generations)) ?? [];
        const exports = line.map(({ label }) => path.join(place.directory, label)).reverse();
        const { manifest } = recordsIn(path.join(place.directory, generation.label));
        expect(manifest.restore?.disks).toMatchObject([{ file: expect.stringMatching(/vhdx$/) }]);
        // A full one is restored by a copy.
        const copied = path.join(place.directory, generation.label, manifest.restore?.disks[0]?.file ?? "");
        const { disks } = await lab.restore({ exports, into: at(`restored-${generation.label}`) });
        for (const vhdx of [...disks.map((disk) => disk.path), ...(generation.kind === "full" ? [copied] : [])])
          for (const { label } of generations) expect([label, holds(vhdx, rawOf(label))]).toEqual([label, label === generation.label]);
      }
      place.close();
    },
  );

  test("cannot be differences: qemu makes none, and opens none, that has a parent", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "vhdx-"));
    const parent = path.join(folder, "parent.vhdx");
    const child = path.join(folder, "child.avhdx");
    qemu("qemu-img", "create", "-q", "-f", "vhdx", parent, String(GUEST_BYTES));
    expect(refusal("create", "-f", "vhdx", "-b", parent, "-F", "vhdx", child)).toContain("Backing file not supported");
    fs.writeFileSync(child, withParent(fs.readFileSync(parent)));
    expect(refusal("info", "-f", "vhdx", child)).toContain("Operation not supported");
    fs.rmSync(folder, { recursive: true });
  });
});

function refusal(...given: string[]): string {
  const { status, stderr } = spawnSync("qemu-img", given, { encoding: "utf8" });
  expect(status).toBe(1);
  return stderr;
}

/** A VHDX whose metadata say that it is a difference: the flag of its parameters, and an entry for the parent's locator. */
function withParent(vhdx: Buffer): Buffer {
  const table = vhdx.indexOf("metadata");
  const parameters = vhdx.indexOf("3767a1ca36fa434db3b633f0aa44e76b", table, "hex");
  const flags = table + vhdx.readUInt32LE(parameters + 16) + 4;
  vhdx.writeUInt32LE(vhdx.readUInt32LE(flags) | 2, flags);
  const entries = vhdx.readUInt16LE(table + 10);
  vhdx.writeUInt16LE(entries + 1, table + 10);
  const locator = table + 32 + entries * 32;
  vhdx.write("2d5fd3a80bb34d45abf7d3d84834ab0c", locator, "hex");
  for (const [at, value] of [64 * 1024 + 4096, 20, 4].entries()) vhdx.writeUInt32LE(value, locator + 16 + at * 4);
  return vhdx;
}
