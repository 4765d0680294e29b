import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExportChain, type ExportChainArgs, ReferencePoint, ReferencePointExport } from "pulumi-hyperv-reference-point";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { opOf, type Run, type TestStack } from "./test-stack";
import { machines, points, Workplace } from "./workplace";

const MiB = 1024 * 1024;

let place: Workplace;
let stack: TestStack;
beforeAll(async () => {
  place = await Workplace.open();
  await place.lab.configure({ pointJobDuration: 0 });
  stack = await place.stack();
});
afterEach(async () => {
  await place.lab.clearFaults();
  await place.lab.configure({ freeBytes: "native" });
});
afterAll(() => place.close());

type Args = Partial<ExportChainArgs> & Pick<ExportChainArgs, "directory">;

function program(args: Args, name = "chain") {
  return async () => {
    const { newest } = new ExportChain(name, {
      host: place.host,
      virtualMachine: "SQL01",
      via: "referencePoint",
      generation: "n1",
      fullEvery: 2,
      keep: { last: 1 },
      ...args,
    });
    return { newest };
  };
}

/** The last word of a row. */
function row(run: Run, name = "chain"): string | undefined {
  return run.messages.filter(({ urn, ephemeral }) => ephemeral && urn.endsWith(`::${name}`)).at(-1)?.text;
}

function warnings(run: Run): string[] {
  return run.messages.filter(({ severity, ephemeral }) => severity === "warning" && !ephemeral).map(({ text }) => text);
}

async function pointsThere(): Promise<number> {
  const machine = (await place.lab.describe()).virtualMachines.find(({ name }) => name === "SQL01");
  return machine?.referencePoints.length ?? 0;
}

describe("a preview of a new chain refuses what the up would refuse, and changes nothing", () => {
  it.each<[string, Partial<ExportChainArgs>, string, readonly string[]]>([
    ["no such machine", { virtualMachine: "WEB1" }, "virtual-machine-not-found", ["WEB1"]],
    ["two machines of that name", { virtualMachine: "TEST01" }, "virtual-machine-ambiguous", machines.test01],
    ["no such disk", { disks: ["other.vhdx"] }, "disk-not-found", ["SQL01-data.vhdx"]],
  ])("%s", async (_, args, code, named) => {
    const directory = place.directory();
    const run = await stack.preview(program({ directory, ...args }));
    expect(run.ok).toBe(false);
    const [error] = run.messages.filter(({ severity }) => severity === "error");
    expect(error?.urn).toMatch(/::chain$/);
    expect(error?.text).toContain(`Code: ${code}`);
    for (const one of named) expect(error?.text).toContain(one);
    expect(existsSync(directory)).toBe(false);
  });

  it("too little space, a directory with files, another stack's chain, a missing volume", async () => {
    const full = place.directory();
    mkdirSync(full);
    writeFileSync(join(full, "notes.txt"), "mine");
    const theirs = place.directory();
    const other = await place.stack();
    expect(await other.up(program({ directory: theirs }))).toMatchObject({ ok: true });
    const record = readFileSync(join(theirs, "export-chain.json"), "utf8");
    const refusals: [string, () => unknown, string][] = [
      ["not-enough-space", () => place.lab.configure({ freeBytes: 7 * MiB - 1 }), place.directory()],
      ["volume-missing", () => place.lab.setFaults([{ fault: "volumeMissing", path: place.scratch }]), place.directory()],
      ["directory-not-empty", () => {}, full],
      ["directory-owned-by-another", () => {}, theirs],
      ["directory-inside-another-export", () => {}, join(theirs, "inner")],
    ];
    for (const [code, arrange, directory] of refusals) {
      await arrange();
      const run = await stack.preview(program({ directory }, "mine"));
      await place.lab.clearFaults();
      await place.lab.configure({ freeBytes: "native" });
      expect([run.ok, run.text.includes(`Code: ${code}`)], code).toEqual([false, true]);
    }
    expect(readFileSync(join(theirs, "export-chain.json"), "utf8")).toBe(record);
    const adopted = await stack.preview(program({ directory: theirs, generation: "n2", onExisting: "adopt" }, "mine"));
    expect([adopted.ok, row(adopted, "mine")]).toEqual([
      true,
      expect.stringMatching(/^takes over 1 generation; n2, differential after n1, 2 disks/),
    ]);
    expect(readFileSync(join(theirs, "export-chain.json"), "utf8")).toBe(record);
    expect(await other.destroy()).toMatchObject({ ok: true });
  });

  it("via a checkpoint: another backup's checkpoint, and a chain of the other way", async () => {
    const directory = place.directory();
    const { id } = await place.lab.addCheckpoint({ virtualMachine: "SQL01", createdAt: "2026-11-01T00:00:00Z" });
    const foreign = await stack.preview(program({ directory, via: "checkpoint" }));
    expect([foreign.ok, foreign.text]).toEqual([false, expect.stringContaining("Code: foreign-checkpoint")]);
    expect(foreign.text).toMatch(new RegExp(`${id} .*, \\d+d.* old`));
    await place.lab.removeCheckpoint(id);
    const merging = async () => (await place.lab.describe()).virtualMachines.flatMap(({ diskFiles }) => diskFiles);
    await expect.poll(merging, { timeout: 10_000 }).not.toContainEqual(expect.objectContaining({ path: expect.stringMatching(/avhdx$/) }));
    const shown = await stack.preview(program({ directory, via: "checkpoint" }));
    expect([shown.ok, row(shown)]).toEqual([
      true,
      expect.stringMatching(/^n1, full \(it is the chain's first generation\), 2 disks, at most /),
    ]);
    const other = await place.stack();
    expect(await other.up(program({ directory, via: "checkpoint" }))).toMatchObject({ ok: true });
    const adopting = await stack.preview(program({ directory, generation: "n2", onExisting: "adopt" }, "mine"));
    expect([adopting.ok, adopting.text]).toEqual([false, expect.stringContaining("Code: chain-way-changed")]);
    expect(await other.destroy()).toMatchObject({ ok: true });
  });

  it("two chains of one program in one directory, and a chain around an export", async () => {
    const directory = place.directory();
    const run = await stack.preview(async () => {
      await program({ directory }, "first")();
      await program({ directory }, "second")();
      new ReferencePointExport("inner", { host: place.host, virtualMachine: "WEB01", exportDirectory: join(directory, "inner") });
    });
    const errors = run.messages.filter(({ severity, urn }) => severity === "error" && /::(second|inner)$/.test(urn));
    expect(errors.map(({ text }) => /Code: (\S+)/.exec(text)?.[1]).sort()).toEqual([
      "directory-inside-another-export",
      "directory-owned-by-another",
    ]);
  });
});

it("a preview shows full or differential and why, bytes, and what retention removes; what stays asks no host", async () => {
  const own = await place.stack();
  const directory = place.directory();
  await place.lab.configure({ freeBytes: 812 * 1024 * MiB });
  const first = await own.preview(program({ directory }));
  expect([first.ok, row(first)]).toEqual([true, "n1, full (it is the chain's first generation), 2 disks, at most 7 MiB, 812 GiB free"]);
  const before = await pointsThere();
  expect(await own.up(program({ directory }))).toMatchObject({ ok: true });
  const second = await own.preview(program({ directory, generation: "n2" }));
  expect([opOf(second, "chain"), row(second)]).toEqual(["update", "n2, differential after n1, 2 disks, at most 7 MiB, 812 GiB free"]);
  expect([await pointsThere(), existsSync(join(directory, "n2"))]).toEqual([before + 1, false]);
  expect(await own.up(program({ directory, generation: "n2" }))).toMatchObject({ ok: true });
  const third = await own.preview(program({ directory, generation: "n3" }));
  expect(row(third)).toBe(
    "n3, full (the chain has as many generations as fullEvery says), 2 disks, at most 7 MiB, 812 GiB free; removes n2, n1",
  );
  const rested = await own.preview(program({ directory, generation: "n2", fullEvery: 5 }));
  expect([opOf(rested, "chain"), row(rested)]).toEqual(["update", "makes no generation"]);
  await place.lab.setFaults([{ fault: "hostUnreachable" }]);
  const same = await own.preview(program({ directory, generation: "n2" }));
  expect([same.ok, opOf(same, "chain"), warnings(same)]).toEqual([true, "same", []]);
  const silent = await own.preview(program({ directory, generation: "n3" }));
  expect([silent.ok, warnings(silent)]).toEqual([
    true,
    [expect.stringMatching(/^The preview does not know what would become of a chain on /)],
  ]);
});

it("of a chain that is there, a refusal is a warning: an up that it stopped would cost the others their generation", async () => {
  const own = await place.stack();
  const [one, two] = [place.directory(), place.directory()];
  const both = (generation: string) => async () => {
    await program({ directory: one, generation, virtualMachine: "WEB01" }, "web")();
    await program({ directory: two, generation }, "sql")();
  };
  expect(await own.up(both("n1"))).toMatchObject({ ok: true });
  await place.lab.configure({ freeBytes: 5 * MiB });
  await place.lab.removeReferencePoint(
    (await place.lab.describe()).virtualMachines.find(({ name }) => name === "SQL01")?.referencePoints.at(-1)?.id ?? "",
  );
  const preview = await own.preview(both("n2"));
  expect(preview.ok).toBe(true);
  expect(warnings(preview)).toEqual([expect.stringMatching(/Code: not-enough-space[\s\S]*Only a warning/)]);
  const up = await own.up(both("n2"));
  expect([up.ok, up.text.includes("Code: not-enough-space"), existsSync(join(one, "n2"))]).toEqual([false, true, true]);
});

it("a label whose directory is somebody's is told by the preview, and the up makes no point for it", async () => {
  const own = await place.stack();
  const directory = place.directory();
  expect(await own.up(program({ directory }))).toMatchObject({ ok: true });
  mkdirSync(join(directory, "n2"));
  writeFileSync(join(directory, "n2", "notes.txt"), "mine");
  const before = await pointsThere();
  const preview = await own.preview(program({ directory, generation: "n2" }));
  expect([preview.ok, warnings(preview)]).toEqual([
    true,
    [expect.stringMatching(/notes\.txt[\s\S]*Code: directory-not-empty[\s\S]*Only a warning/)],
  ]);
  const up = await own.up(program({ directory, generation: "n2" }));
  expect([up.ok, up.text.includes("Code: directory-not-empty"), await pointsThere()]).toEqual([false, true, before]);
  expect(await own.up(program({ directory, generation: "n3", keep: { last: 2 } }))).toMatchObject({ ok: true });
  expect(await own.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

it("a generation that is due by the clock is looked at, too", async () => {
  const own = await place.stack();
  const directory = place.directory();
  expect(await own.up(program({ directory, generation: { every: "2s" } }))).toMatchObject({ ok: true });
  await new Promise((resolve) => setTimeout(resolve, 2500));
  const due = await own.preview(program({ directory, generation: { every: "2s" } }));
  expect([opOf(due, "chain"), row(due)]).toEqual([
    "update",
    expect.stringMatching(/^\d{8}T\d{6}Z, differential after \d{8}T\d{6}Z, 2 disks/),
  ]);
});

it("an export that depends on a point of ours is refused in all but what a point may change", async () => {
  const preview = (args: { virtualMachine: string; referencePoint?: string; exportDirectory: string }) =>
    stack.preview(async () => {
      const point = new ReferencePoint("point", { host: place.host, virtualMachine: "FILE01" });
      new ReferencePointExport("export", { host: place.host, ...args }, { dependsOn: point });
    });
  const ofPoints = await preview({ virtualMachine: "FILE01", exportDirectory: place.directory() });
  expect([ofPoints.ok, warnings(ofPoints)]).toEqual([
    true,
    [expect.stringMatching(/Code: reference-point-not-found[\s\S]*it depends on "point"/)],
  ]);
  const file = place.directory();
  writeFileSync(file, "mine");
  const certain = await preview({ virtualMachine: "WEB01", referencePoint: points.web01, exportDirectory: file });
  expect([certain.ok, certain.text.includes("Code: not-a-directory")]).toEqual([false, true]);
});
