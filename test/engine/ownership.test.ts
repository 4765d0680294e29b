import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opOf, type Run, type TestStack } from "./test-stack";
import { CLAIM, DATA_DISK, filesIn, MANIFEST, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

const warnings = (run: Run) => run.messages.filter(({ severity }) => severity === "warning").map(({ text }) => text);

it("foreign files at destroy stay and are named, also those inside the export's folders", async () => {
  const stack = await place.stack();
  const directory = place.directory();
  const program = place.program({ exportDirectory: directory });
  await stack.up(program);
  const mine = ["notes.txt", "Virtual Hard Disks/mine.vhdx", "Virtual Machines/deep/er.txt", "empty-but-mine.txt"];
  for (const file of mine) {
    mkdirSync(join(directory, file, ".."), { recursive: true });
    writeFileSync(join(directory, file), file === "empty-but-mine.txt" ? "" : "mine");
  }
  // Worth knowing, but no damage.
  expect((await stack.refresh()).ok).toBe(true);
  const { status, warnings: known } = stack.resource().outputs;
  expect(status).toBe("intact");
  for (const file of mine) expect(String(known)).toContain(file);
  expect(opOf(await stack.up(program))).toBe("same");

  const destroy = await stack.destroy();
  expect(destroy.ok).toBe(true);
  expect(warnings(destroy)).toHaveLength(1);
  expect(warnings(destroy)[0]).toContain(directory);
  for (const file of mine) expect(warnings(destroy)[0]).toContain(file);
  expect(filesIn(directory)).toEqual([...mine].sort());
  expect(readFileSync(join(directory, "notes.txt"), "utf8")).toBe("mine");
  expect(stack.resources()).toEqual([]);
});

describe("a directory that is another's", () => {
  it("is refused with the owner's name, and so is one inside it", async () => {
    const [first, second] = [await place.stack(), await place.stack()];
    const directory = place.directory();
    await first.up(place.program({ exportDirectory: directory }, { name: "theirs" }));
    const before = filesIn(directory);
    for (const exportDirectory of [directory, join(directory, "inside")]) {
      const refused = await second.up(place.program({ exportDirectory, onExisting: "adopt" }));
      expect(refused.ok).toBe(false);
      expect(refused.text).toContain(`belongs to resource "theirs" of stack "engine/${first.name}"`);
      expect(refused.text).toMatch(/Code: directory-(owned-by-another|inside-another-export)/);
      expect(second.resources()).toEqual([]);
    }
    expect(filesIn(directory)).toEqual(before);
    expect(await first.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  });

  it("is left alone by a resource that lost it", async () => {
    const [first, second] = [await place.stack(), await place.stack()];
    const directory = place.directory();
    await first.up(place.program({ exportDirectory: directory }));
    rmSync(directory, { recursive: true });
    await second.up(place.program({ exportDirectory: directory }));
    await first.refresh();
    expect(first.resource().outputs).toMatchObject({ status: "damaged" });
    expect(String(first.resource().outputs.problems)).toContain(
      `claim-of-another-export: it belongs to resource "export" of stack "engine/${second.name}"`,
    );
    const up = await first.up(place.program({ exportDirectory: directory }));
    expect(up.text).toContain("Code: directory-owned-by-another");
    const destroy = await first.destroy();
    expect(destroy.ok).toBe(true);
    expect(warnings(destroy)[0]).toContain("has been claimed by another export since");
    expect(await second.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    await place.expectRestorable([directory], points.sql01[1]);
  });
});

describe("a directory that holds files and no claim", () => {
  it("is refused, named what it holds, and touched in nothing", async () => {
    const stack = await place.stack();
    const directory = place.directory();
    mkdirSync(directory);
    writeFileSync(join(directory, "photos.zip"), "mine");
    for (const onExisting of ["fail", "adopt"] as const) {
      const refused = await stack.up(place.program({ exportDirectory: directory, onExisting }));
      expect(refused.ok).toBe(false);
      expect(refused.text).toContain(onExisting === "fail" ? "it holds photos.zip" : "it holds no manifest");
      expect(refused.text).toContain(onExisting === "fail" ? "Code: directory-not-empty" : "Code: adoption-refused");
    }
    expect(filesIn(directory)).toEqual(["photos.zip"]);
    expect(stack.resources()).toEqual([]);
  });
});

describe('onDestroy "keep" that comes with the change that replaces the export', () => {
  let stack: TestStack;
  let directory: string;
  let whole: string[] | undefined;
  beforeAll(async () => {
    stack = await place.stack();
    directory = place.directory();
    await stack.up(place.program({ exportDirectory: directory }));
    whole = filesIn(directory);
  });

  it.each<[string, () => Partial<ReferencePointExportArgs>]>([
    ["in its directory", () => ({ referencePoint: points.sql01[2] })],
    ["by a trigger", () => ({ triggers: [1] })],
    ["into another directory", () => ({ exportDirectory: place.directory() })],
  ])("%s is refused by preview and up, which say how to keep it", async (_, change) => {
    const program = place.program({ exportDirectory: directory, onDestroy: "keep", ...change() });
    for (const run of [await stack.preview(program), await stack.up(program)]) {
      expect(run.ok).toBe(false);
      expect(run.text).toContain("Code: kept-too-late");
      expect(run.text).toContain('onDestroy: "keep" as the only change first');
    }
    expect(filesIn(directory)).toEqual(whole);
  });

  it("is honoured when it is done as the error says", async () => {
    expect(opOf(await stack.up(place.program({ exportDirectory: directory, onDestroy: "keep" })))).toBe("update");
    const elsewhere = place.program({ exportDirectory: place.directory(), onDestroy: "keep", referencePoint: points.sql01[2] });
    expect(await stack.up(elsewhere)).toMatchObject({ ok: true });
    expect(filesIn(directory)).toEqual(whole?.filter((file) => file !== CLAIM));
    await place.expectRestorable([directory], points.sql01[1]);
  });
});

describe("an export that was kept", () => {
  let directory: string;
  let exportId: string;

  beforeAll(async () => {
    const stack = await place.stack();
    directory = place.directory();
    await stack.up(place.program({ exportDirectory: directory, onDestroy: "keep" }));
    exportId = stack.resource().id;
    const whole = filesIn(directory) ?? [];
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(filesIn(directory)).toEqual(whole.filter((file) => file !== CLAIM));
  });

  it("is not taken over unasked", async () => {
    const refused = await (await place.stack()).up(place.program({ exportDirectory: directory }));
    expect(refused.text).toContain("Code: directory-not-empty");
  });

  it("is not taken over as something else, nor damaged", async () => {
    const stack = await place.stack();
    const other = await stack.up(place.program({ exportDirectory: directory, onExisting: "adopt", referencePoint: points.sql01[2] }));
    expect(other.text).toContain("Code: adoption-refused");
    expect(other.text).toContain(points.sql01[1]);
    const copy = place.directory();
    cpSync(directory, copy, { recursive: true });
    const bytes = readFileSync(join(copy, DATA_DISK));
    bytes[4096] = (bytes[4096] ?? 0) ^ 1;
    writeFileSync(join(copy, DATA_DISK), bytes);
    const damaged = await stack.up(place.program({ exportDirectory: copy, onExisting: "adopt" }));
    expect(damaged.text).toContain("Code: adoption-refused");
    expect(damaged.text).toContain(DATA_DISK);
    expect(existsSync(join(copy, CLAIM))).toBe(false);
  });

  it("is adopted if asked, without a new export, and then owned", async () => {
    const stack = await place.stack();
    const calls = (await place.lab.calls()).length;
    const program = place.program({ exportDirectory: directory, onExisting: "adopt" });
    expect(await stack.up(program)).toMatchObject({ ok: true });
    expect((await place.lab.calls()).length).toBe(calls);
    expect(stack.resource()).toMatchObject({ outputs: { status: "intact", referencePointId: points.sql01[1] } });
    expect(stack.resource().id).not.toBe(exportId);
    expect(opOf(await stack.up(program))).toBe("same");
    await place.expectRestorable([directory], points.sql01[1]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(filesIn(directory)).toBeUndefined();
  });
});

it("a copied export is adopted where it is, although its claim came along", async () => {
  const [first, second] = [await place.stack(), await place.stack()];
  const [original, copy] = [place.directory(), place.directory()];
  await first.up(place.program({ exportDirectory: original }));
  cpSync(original, copy, { recursive: true });
  const refused = await second.up(place.program({ exportDirectory: copy }));
  expect(refused.text).toContain("Code: directory-not-empty");
  expect(await second.up(place.program({ exportDirectory: copy, onExisting: "adopt" }))).toMatchObject({ ok: true });
  expect(JSON.parse(readFileSync(join(copy, CLAIM), "utf8")).owner.stack).toBe(second.name);
  await place.expectRestorable([copy], points.sql01[1]);
  expect(await second.destroy()).toMatchObject({ ok: true });
  expect(filesIn(copy)).toBeUndefined();
  expect(filesIn(original)).toContain(MANIFEST);
  expect(await first.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});
