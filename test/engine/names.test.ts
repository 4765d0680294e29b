import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opOf } from "./test-stack";
import { DATA_DISK, filesIn, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

const windows = process.platform === "win32";

/** Names that some system takes for others, and that this one's files can have. */
const names = [
  "aux .vhdx",
  "con.vhdx",
  "PROGRA~1.vhdx",
  "two\tlines\n.vhdx",
  "back\\slash.vhdx",
  "a: *?.vhdx",
  `${"漢".repeat(82)}.vhdx`,
  "😀.vhdx",
  "cafe\u0301.vhdx",
  "caf\u00e9.vhdx",
].filter((name) => !windows || !/[\t\n\\:*?]/.test(name));

it("an export whose files have names that are unusual is made, read back, checked, repaired and removed", async () => {
  const virtualMachine = "ODD-NAMES";
  await place.lab.addVirtualMachine({ name: virtualMachine, disks: names.map((name) => ({ name, bytes: 64 * 1024 })) });
  const { id: referencePoint } = await place.lab.addReferencePoint({ virtualMachine, kind: "rct" });
  const stack = await place.stack();
  const exportDirectory = place.directory();
  const program = place.program({ exportDirectory, virtualMachine, referencePoint, verification: { level: "content" } });
  expect(await stack.up(program)).toMatchObject({ ok: true });
  const whole = filesIn(exportDirectory);
  const listed = (stack.resource().outputs.files as { path: string }[]).map(({ path }) => path);
  for (const name of names) expect(listed).toContain(`Virtual Hard Disks/${name}`);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });

  rmSync(join(exportDirectory, "Virtual Hard Disks", names[0] ?? ""));
  expect(await stack.up(program, { refresh: true })).toMatchObject({ ok: true });
  expect(filesIn(exportDirectory)).toEqual(whole);
  await place.expectRestorable([exportDirectory], referencePoint, virtualMachine);
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect(existsSync(exportDirectory)).toBe(false);
});

describe.runIf(process.platform === "linux")("a file whose name has got another letter case, where that is another name", () => {
  const renamed = DATA_DISK.replace("data.vhdx", "DATA.vhdx");

  it.each(["size", "content"] as const)("is missing (level %s), is made again, and the renamed one stays somebody's", async (level) => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = place.program({ exportDirectory, verification: { level } });
    expect(await stack.up(program)).toMatchObject({ ok: true });
    renameSync(join(exportDirectory, DATA_DISK), join(exportDirectory, renamed));
    for (let time = 1; time <= 2; time++) {
      expect(await stack.refresh()).toMatchObject({ ok: true });
      expect(stack.resource().outputs).toMatchObject({
        status: "damaged",
        problems: [`file-missing: ${DATA_DISK}: expected 3145728 bytes`],
        warnings: [`files that are not the export's: ${renamed}`],
      });
    }
    expect(opOf(await stack.up(program))).toBe("update");
    await place.expectRestorable([exportDirectory], points.sql01[1]);
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    const destroyed = await stack.destroy();
    expect(destroyed).toMatchObject({ ok: true });
    expect(destroyed.text).toContain(renamed);
    expect(filesIn(exportDirectory)).toEqual([renamed]);
    expect(readdirSync(exportDirectory)).toEqual(["Virtual Hard Disks"]);
  });
});

it("what file servers put into every folder: neither create nor replacement mind it, and it stays", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  const put = (...names: string[]) => {
    for (const name of names) {
      mkdirSync(dirname(join(exportDirectory, name)), { recursive: true });
      writeFileSync(join(exportDirectory, name), "theirs");
    }
  };
  put("Thumbs.db", "@eaDir/SYNO@.fileindexdb");
  expect(await stack.up(place.program({ exportDirectory }))).toMatchObject({ ok: true });
  expect(stack.resource().outputs.warnings).toEqual([
    "files of a file server or of the system, which do not count and are not removed: @eaDir, Thumbs.db",
  ]);
  put("desktop.ini", "Virtual Hard Disks/Thumbs.db", "Virtual Hard Disks/@eaDir/x");
  const replaced = await stack.up(place.program({ exportDirectory, referencePoint: points.sql01[2] }));
  expect(replaced).toMatchObject({ ok: true });
  await place.expectRestorable([exportDirectory], points.sql01[2]);
  const destroyed = await stack.destroy();
  expect(destroyed).toMatchObject({ ok: true });
  expect(destroyed.text).toContain("it holds files of a file server or of the system: ");
  expect(filesIn(exportDirectory)).toEqual([
    "@eaDir/SYNO@.fileindexdb",
    "Thumbs.db",
    "Virtual Hard Disks/@eaDir/x",
    "Virtual Hard Disks/Thumbs.db",
    "desktop.ini",
  ]);
});
