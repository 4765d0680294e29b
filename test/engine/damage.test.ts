import {
  appendFileSync,
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shownArguments } from "./preview-text";
import { opOf, type TestStack } from "./test-stack";
import { CLAIM, DATA_DISK, filesIn, MANIFEST, points, SYSTEM_DISK, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

/** Changes one byte and not the size. */
function alter(file: string): void {
  const descriptor = openSync(file, "r+");
  const byte = readFileSync(file)[100] ?? 0;
  writeSync(descriptor, Buffer.from([byte ^ 0xff]), 0, 1, 100);
  closeSync(descriptor);
}

describe("damage is found by refresh and repaired by up", () => {
  let stack: TestStack;
  let directory: string;
  let whole: string[] | undefined;
  const program = () => place.program({ exportDirectory: directory, verification: { level: "content" } });

  beforeAll(async () => {
    stack = await place.stack();
    directory = place.directory();
    expect((await stack.up(program())).ok).toBe(true);
    whole = filesIn(directory);
    const other = await place.stack();
    const elsewhere = join(place.scratch, "other");
    expect((await other.up(place.program({ exportDirectory: elsewhere }))).ok).toBe(true);
  });
  afterAll(async () => {
    expect((await stack.destroy()).ok).toBe(true);
    expect(filesIn(directory)).toBeUndefined();
  });

  it.each<[string, () => void, (string | RegExp)[]]>([
    ["a missing file", () => rmSync(join(directory, DATA_DISK)), [`file-missing: ${DATA_DISK}: expected 3145728 bytes`]],
    [
      "a file cut short and one grown",
      () => {
        truncateSync(join(directory, DATA_DISK), 1000);
        appendFileSync(join(directory, SYSTEM_DISK), "x");
      },
      [
        `file-resized: ${DATA_DISK}: expected 3145728 bytes, found 1000`,
        `file-resized: ${SYSTEM_DISK}: expected 4194304 bytes, found 4194305`,
      ],
    ],
    [
      "a file altered with the same size",
      () => alter(join(directory, SYSTEM_DISK)),
      [/^file-altered: Virtual Hard Disks\/SQL01-system\.vhdx: expected SHA-256 [0-9a-f]{12}…, found [0-9a-f]{12}…$/],
    ],
    ["a manifest that was deleted", () => rmSync(join(directory, MANIFEST)), ["manifest-missing"]],
    ["a manifest that is none", () => writeFileSync(join(directory, MANIFEST), "{"), [/^manifest-unreadable: /]],
    [
      "a manifest with another word",
      () => {
        const text = readFileSync(join(directory, MANIFEST), "utf8");
        writeFileSync(join(directory, MANIFEST), text.replace("SQL01-data.vhdx", "SQL01-fata.vhdx"));
      },
      ["manifest-altered"],
    ],
    [
      "the manifest of another export",
      () => cpSync(join(place.scratch, "other", MANIFEST), join(directory, MANIFEST)),
      [/^manifest-of-another-export: it is of [0-9a-f-]{36}$/],
    ],
    ["a claim that was deleted", () => rmSync(join(directory, CLAIM)), ["claim-missing"]],
    ["a claim that is none", () => writeFileSync(join(directory, CLAIM), "[]"), [/^claim-unreadable: /]],
    [
      "everything but a file",
      () => {
        for (const file of whole ?? []) if (file !== DATA_DISK) rmSync(join(directory, file));
      },
      ["claim-missing", "manifest-missing", /^file-missing: Virtual Hard Disks\/SQL01-system\.vhdx/, /\.vmcx/, /\.vmgs/, /\.vmrs/],
    ],
  ])("%s", async (_, damage, expected) => {
    const { id } = stack.resource();
    damage();
    // A preview does not look at the host: it sees what the last refresh saw.
    const refresh = await stack.refresh();
    expect(refresh.text).toMatch(/\[diff: [+~]problems,status\]/);
    const { outputs } = stack.resource();
    expect(outputs.status).toBe("damaged");
    expect(outputs.problems).toEqual(expected.map((one) => (typeof one === "string" ? one : expect.stringMatching(one))));

    // Shown property by property, as in a preview.
    const up = await stack.up(program(), { diff: true });
    expect(up).toMatchObject({ ok: true });
    expect(shownArguments(up.text)).toEqual(["problems", "status"]);
    for (const problem of outputs.problems as string[]) expect(up.text).toContain(`"${problem}"`);
    expect(opOf(up)).toBe("update");
    expect(stack.resource()).toMatchObject({ id, outputs: { status: "intact", problems: [] } });
    expect(filesIn(directory)).toEqual(whole);
    await place.expectRestorable([directory], points.sql01[1]);
    expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(true);
  });
});

it("a damage that a portion found stays found until it is repaired", async () => {
  const stack = await place.stack();
  const directory = place.directory();
  const program = place.program({ exportDirectory: directory, verification: { level: "content", portion: "1/3" } });
  await stack.up(program);
  alter(join(directory, "Virtual Machines/5A010000-0000-4000-8000-000000000002.vmcx"));
  const seen: unknown[] = [];
  for (let round = 0; round < 5; round++) {
    await stack.refresh();
    seen.push(stack.resource().outputs.status);
  }
  const first = seen.indexOf("damaged");
  expect(first).toBeGreaterThanOrEqual(0);
  expect(first).toBeLessThan(3);
  expect(seen.slice(first)).toEqual(Array(5 - first).fill("damaged"));
  expect(opOf(await stack.up(program))).toBe("update");
  expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(true);
  await place.expectRestorable([directory], points.sql01[1]);
});

it("a damaged differential export is repaired as one, and the chain holds", async () => {
  const stack = await place.stack();
  const [full, since] = [place.directory(), place.directory()];
  const program = async () => {
    await place.program({ exportDirectory: full, referencePoint: points.sql01[0] }, { name: "full" })();
    await place.program({ exportDirectory: since, baseReferencePoint: points.sql01[0] }, { name: "since" })();
  };
  expect(await stack.up(program)).toMatchObject({ ok: true });
  const whole = filesIn(since);
  rmSync(join(since, "Virtual Hard Disks"), { recursive: true });
  const up = await stack.up(program, { refresh: true });
  expect(up.ok).toBe(true);
  expect([opOf(up, "full"), opOf(up, "since")]).toEqual(["refresh, same", "refresh, update"]);
  expect(stack.resource("since").outputs).toMatchObject({ status: "intact", kind: "differential" });
  expect(filesIn(since)).toEqual(whole);
  await place.expectRestorable([full, since], points.sql01[1]);
});

it("a folder where a file should be blocks the repair until it is moved away", async () => {
  const stack = await place.stack();
  const directory = place.directory();
  const program = place.program({ exportDirectory: directory });
  await stack.up(program);
  const whole = filesIn(directory);
  rmSync(join(directory, DATA_DISK));
  mkdirSync(join(directory, DATA_DISK));
  await stack.refresh();
  expect(stack.resource().outputs.problems).toEqual([`file-replaced: ${DATA_DISK}: expected a file, found a directory`]);
  const exported = (await place.lab.calls()).length;
  const blocked = await stack.up(program);
  expect(blocked.ok).toBe(false);
  expect(blocked.text).toContain("repair-blocked");
  expect((await place.lab.calls()).length).toBe(exported);
  expect(blocked.text).toContain(DATA_DISK);

  rmSync(join(directory, DATA_DISK), { recursive: true });
  expect(await stack.up(program)).toMatchObject({ ok: true });
  expect((await place.lab.calls()).length).toBe(exported + 1);
  expect(stack.resource().outputs.status).toBe("intact");
  expect(filesIn(directory)).toEqual(whole);
  await place.expectRestorable([directory], points.sql01[1]);
});

it("level size does not read the content", async () => {
  const stack = await place.stack();
  const directory = place.directory();
  await stack.up(place.program({ exportDirectory: directory }));
  alter(join(directory, DATA_DISK));
  expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(true);
  // Asked for the content, it is found: a change of settings alone does not look, the next refresh does.
  const content = place.program({ exportDirectory: directory, verification: { level: "content" } });
  expect(opOf(await stack.up(content))).toBe("update");
  expect((await stack.refresh()).text).toMatch(/\[diff: [+~]problems,status\]/);
  expect(opOf(await stack.up(content, { refresh: true }))).toContain("update");
  await place.expectRestorable([directory], points.sql01[1]);
});

it("damage that somebody mended by hand is seen as mended, without a new export", async () => {
  const stack = await place.stack();
  const directory = place.directory();
  const program = place.program({ exportDirectory: directory });
  await stack.up(program);
  const aside = join(place.scratch, "aside.vhdx");
  renameSync(join(directory, DATA_DISK), aside);
  await stack.refresh();
  expect(stack.resource().outputs.status).toBe("damaged");
  renameSync(aside, join(directory, DATA_DISK));
  const calls = (await place.lab.calls()).length;
  expect(opOf(await stack.up(program))).toBe("update");
  expect((await place.lab.calls()).length).toBe(calls);
  expect(stack.resource().outputs).toMatchObject({ status: "intact", problems: [] });
});

describe("the directory removed by hand", () => {
  it("refresh drops the resource, the next up exports again", async () => {
    const stack = await place.stack();
    const directory = place.directory();
    const program = place.program({ exportDirectory: directory });
    await stack.up(program);
    rmSync(directory, { recursive: true });
    expect((await stack.refresh()).text).toMatch(/- {1,2}1 deleted/);
    expect(stack.resources()).toEqual([]);
    expect(opOf(await stack.up(program))).toBe("create");
    await place.expectRestorable([directory], points.sql01[1]);

    rmSync(directory, { recursive: true });
    expect(opOf(await stack.up(program, { refresh: true }))).toContain("create");
    await place.expectRestorable([directory], points.sql01[1]);

    rmSync(directory, { recursive: true });
    const destroy = await stack.destroy();
    expect(destroy.ok).toBe(true);
    expect(destroy.messages.filter(({ severity }) => severity === "warning")).toEqual([]);
  });
});

describe("a damaged export whose point is gone", () => {
  let stack: TestStack;
  let directory: string;
  let point: string;
  const program = () => place.program({ exportDirectory: directory, referencePoint: point });

  beforeAll(async () => {
    stack = await place.stack();
    directory = place.directory();
    ({ id: point } = await place.lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" }));
    await stack.up(program());
    await place.lab.removeReferencePoint(point);
  });

  it("is left as it is, and the error says what to do", async () => {
    rmSync(join(directory, DATA_DISK));
    const left = filesIn(directory);
    await stack.refresh();
    const up = await stack.up(program());
    expect(up.ok).toBe(false);
    expect(up.text).toContain("since its point is gone");
    expect(up.text).toContain("reference-point-not-found");
    expect(filesIn(directory)).toEqual(left);
    expect(stack.resource().outputs.status).toBe("damaged");
  });

  it("needs no point when only the records are damaged", async () => {
    const other = await place.stack();
    const elsewhere = place.directory();
    const { id } = await place.lab.addReferencePoint({ virtualMachine: "SQL01", kind: "rct" });
    const recordsOnly = place.program({ exportDirectory: elsewhere, referencePoint: id });
    await other.up(recordsOnly);
    await place.lab.removeReferencePoint(id);
    rmSync(join(elsewhere, MANIFEST));
    rmSync(join(elsewhere, CLAIM));
    await other.refresh();
    expect((await other.up(recordsOnly)).ok).toBe(true);
    expect(other.resource().outputs.status).toBe("intact");
    expect((await other.refresh({ expectNoChanges: true })).ok).toBe(true);
    expect((await other.destroy()).ok).toBe(true);
    expect(filesIn(elsewhere)).toBeUndefined();
  });
});
