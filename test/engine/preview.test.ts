import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host, ReferencePointExport, type ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { processesWith } from "../system/processes";
import { ProviderProcess } from "./provider-process";
import { opOf, type Run, type TestStack } from "./test-stack";
import { machines, points, Workplace } from "./workplace";

const MiB = 1024 * 1024;

let place: Workplace;
let stack: TestStack;
beforeAll(async () => {
  place = await Workplace.open();
  stack = await place.stack();
});
afterEach(async () => {
  await place.lab.clearFaults();
  await place.lab.configure({ freeBytes: "native" });
});
afterAll(() => place.close());

/** The last word of each row. */
function row(run: Run, name = "export"): string | undefined {
  return run.messages.filter(({ urn, ephemeral }) => ephemeral && urn.endsWith(`::${name}`)).at(-1)?.text;
}

function warnings(run: Run): string[] {
  return run.messages.filter(({ severity, ephemeral }) => severity === "warning" && !ephemeral).map(({ text }) => text);
}

describe("a preview refuses what the create would refuse, with the same words, and changes nothing", () => {
  it.each<[string, Partial<ReferencePointExportArgs>, string, readonly string[]]>([
    ["no such machine", { virtualMachine: "WEB1" }, "virtual-machine-not-found", ["WEB1"]],
    ["two machines of that name", { virtualMachine: "TEST01" }, "virtual-machine-ambiguous", machines.test01],
    [
      "a machine without points",
      { virtualMachine: "FILE01", referencePoint: undefined as never },
      "reference-point-not-found",
      ["the machine has no reference points", "What to do: Create a reference point of the machine first"],
    ],
    [
      "several points and none named",
      { referencePoint: undefined as never },
      "reference-point-ambiguous",
      [`could not choose a reference point (SQL01): the machine has 3, and none is named: ${points.sql01.join(", ")}`],
    ],
    ["another machine's point", { referencePoint: points.web01 }, "reference-point-not-found", points.sql01],
    ["another machine's base", { baseReferencePoint: points.web01 }, "base-reference-point-not-found", points.sql01],
    ["the point as its own base", { baseReferencePoint: points.sql01[1] }, "base-reference-point-same", []],
    ["a later base", { baseReferencePoint: points.sql01[2] }, "base-reference-point-not-older", [points.sql01[1]]],
    ["no such disk", { disksToExport: ["other.vhdx"] }, "disk-not-found", ["SQL01-data.vhdx"]],
  ])("%s", async (_, args, code, named) => {
    const exportDirectory = place.directory();
    const program = place.program({ exportDirectory, ...args });
    const run = await stack.preview(program);
    expect(run.ok).toBe(false);
    const [error] = run.messages.filter(({ severity }) => severity === "error");
    expect(error?.urn).toMatch(/::export$/);
    expect(error?.text).toContain(`Code: ${code}`);
    for (const one of named) expect(error?.text).toContain(one);
    expect(existsSync(exportDirectory)).toBe(false);
    const up = await stack.up(program);
    expect(up.ok).toBe(false);
    expect(up.text).toContain(`Code: ${code}`);
  });

  it("too little space, a directory with files, a file in its place, a missing volume", async () => {
    const refusals: [string, () => unknown, string][] = [
      ["not-enough-space", () => place.lab.configure({ freeBytes: 7 * MiB - 1 }), place.directory()],
      ["volume-missing", () => place.lab.setFaults([{ fault: "volumeMissing", path: place.scratch }]), place.directory()],
      ["access-denied", () => place.lab.setFaults([{ fault: "accessDenied", path: place.scratch }]), place.directory()],
    ];
    const full = place.directory();
    mkdirSync(full);
    writeFileSync(join(full, "notes.txt"), "mine");
    const file = place.directory();
    writeFileSync(file, "mine");
    refusals.push(["directory-not-empty", () => {}, full], ["not-a-directory", () => {}, file]);
    for (const below of ["inner", "inner/deeper"]) refusals.push(["not-a-directory", () => {}, join(file, below)]);
    for (const [code, arrange, exportDirectory] of refusals) {
      await arrange();
      const run = await stack.preview(place.program({ exportDirectory }));
      await place.lab.clearFaults();
      await place.lab.configure({ freeBytes: "native" });
      expect([run.ok, run.text.includes(`Code: ${code}`)], code).toEqual([false, true]);
    }
    const up = await stack.up(place.program({ exportDirectory: join(file, "inner") }));
    expect([up.ok, /Code: not-a-directory/.test(up.text), up.text.includes(`the file ${file} stands where a folder`)]).toEqual([
      false,
      true,
      true,
    ]);
    expect([readFileSync(file, "utf8"), stack.resources()]).toEqual(["mine", []]);
  });

  it("the directory of another resource, and one inside it", async () => {
    const exportDirectory = place.directory();
    const other = await place.stack();
    expect(await other.up(place.program({ exportDirectory }, { name: "theirs" }))).toMatchObject({ ok: true });
    const same = await stack.preview(place.program({ exportDirectory }));
    expect([same.ok, /Code: directory-owned-by-another/.test(same.text), /"theirs"/.test(same.text)]).toEqual([false, true, true]);
    const inner = await stack.preview(place.program({ exportDirectory: join(exportDirectory, "inner") }));
    expect([inner.ok, inner.text.includes("Code: directory-inside-another-export")]).toEqual([false, true]);
    expect(await other.destroy()).toMatchObject({ ok: true });
  });

  it.each<[string, (directory: string) => string, string]>([
    ["in the same directory", (directory) => `${directory}/`, "directory-owned-by-another"],
    ["in a directory inside the other's", (directory) => join(directory, "inner"), "directory-inside-another-export"],
    ["in a directory around the other's", (directory) => join(directory, ".."), "directory-not-empty"],
  ])("two resources of the program, %s, although the host does not answer", async (_, second, code) => {
    await place.lab.setFaults([{ fault: "hostUnreachable" }]);
    const directory = join(place.directory(), "exports", "first");
    const run = await stack.preview(async () => {
      const args = { host: place.host, virtualMachine: "SQL01", referencePoint: points.sql01[1] };
      const first = new ReferencePointExport("first", { ...args, exportDirectory: directory });
      new ReferencePointExport("second", { ...args, exportDirectory: second(directory) });
      return { id: first.id };
    });
    expect(run.ok).toBe(false);
    const errors = run.messages.filter(({ severity, urn }) => severity === "error" && /::(first|second)$/.test(urn));
    expect(errors.map(({ text }) => /Code: (\S+)/.exec(text)?.[1])).toEqual([code]);
    expect(errors[0]?.text).toContain('resource "first" of this program');
    expect(errors[0]?.urn).toMatch(/::second$/);
  });
});

it("two resources of the program whose directories are one by a link are refused, there or not, and one beside the other is not", async () => {
  const [folder, linked] = [place.directory(), place.directory()];
  const [real, link] = [join(folder, "sql"), join(linked, "sql")];
  mkdirSync(join(real, "there"), { recursive: true });
  symlinkSync(folder, linked, "junction");
  const preview = (...directories: readonly string[]) =>
    stack.preview(async () => {
      const args = { host: place.host, virtualMachine: "SQL01", referencePoint: points.sql01[1] };
      for (const [index, exportDirectory] of directories.entries()) new ReferencePointExport(`r${index}`, { ...args, exportDirectory });
    });
  for (const [name, inner, code] of [
    ["new", "new", "directory-owned-by-another"],
    ["there", "there", "directory-owned-by-another"],
    ["new", "new/inner", "directory-inside-another-export"],
  ] as const) {
    const run = await preview(join(real, name), join(link, inner));
    const errors = run.messages.filter(({ severity, urn }) => severity === "error" && urn.endsWith("::r1"));
    expect(errors.map(({ text }) => /Code: (\S+)/.exec(text)?.[1])).toEqual([code]);
    expect(errors[0]?.text).toContain(`(${join(link, inner)}): resource "r0" of this program exports to`);
  }
  expect(await preview(join(real, "new"), join(link, "other"))).toMatchObject({ ok: true });
});

describe("a preview shows what would be made", () => {
  it("full: disks, bytes at most, free bytes", async () => {
    await place.lab.configure({ freeBytes: 812 * 1024 * MiB });
    const exportDirectory = place.directory();
    const run = await stack.preview(place.program({ exportDirectory }));
    expect(run.ok, run.text).toBe(true);
    expect(row(run)).toBe("full, 2 disks, at most 7 MiB, 812 GiB free");
    const some = await stack.preview(place.program({ exportDirectory, disksToExport: ["SQL01-data.vhdx"] }));
    expect(row(some)).toBe("full, 1 disk, at most 3 MiB, 812 GiB free");
    expect(warnings(run)).toEqual([]);
    expect(existsSync(exportDirectory)).toBe(false);
  });

  it("into a directory that is there and empty", async () => {
    const exportDirectory = place.directory();
    mkdirSync(exportDirectory);
    const run = await stack.preview(place.program({ exportDirectory }));
    expect([run.ok, row(run)]).toEqual([true, expect.stringMatching(/^full, 2 disks, at most 7 MiB, /)]);
    expect(readdirSync(exportDirectory)).toEqual([]);
    await place.lab.configure({ freeBytes: 1 });
    const tight = await stack.preview(place.program({ exportDirectory }));
    expect([tight.ok, tight.text.includes("Code: not-enough-space")]).toEqual([false, true]);
  });

  it("differential: since which point, in one form however it is given", async () => {
    await place.lab.configure({ freeBytes: 1000 });
    for (const baseReferencePoint of [points.sql01[0], points.sql01[0].replace("Microsoft:", "").toLowerCase()]) {
      const run = await stack.preview(place.program({ exportDirectory: place.directory(), baseReferencePoint }));
      expect(run.ok, run.text).toBe(true);
      expect(row(run)).toBe(`differential since ${points.sql01[0]}, 2 disks, at most 7 MiB, 1000 B free`);
    }
  });

  it("a machine with a checkpoint: nobody can tell how much, so no most is said, and the warning says why", async () => {
    await place.lab.configure({ freeBytes: 812 * 1024 * MiB });
    const disks = ["plain.vhdx", "checkpoint.avhdx"].map((name) => ({ name, bytes: MiB }));
    await place.lab.addVirtualMachine({ name: "CHAIN01", disks });
    const first = await place.lab.addReferencePoint({ virtualMachine: "CHAIN01", kind: "rct" });
    await place.lab.addReferencePoint({ virtualMachine: "CHAIN01", kind: "rct" });
    const args = { virtualMachine: "CHAIN01", referencePoint: first.id, exportDirectory: place.directory() };
    const own = await place.stack();
    const warning =
      /cannot tell how much of \S+checkpoint\.avhdx is in use\. The other disks need 1 MiB, \S+ has 812 GiB free; the job fails/;
    const shown = await own.preview(place.program(args));
    expect([row(shown), warnings(shown)]).toEqual(["full, 2 disks, 812 GiB free", [expect.stringMatching(warning)]]);
    const made = await own.up(place.program(args));
    expect([made.ok, warnings(made)]).toEqual([true, [expect.stringMatching(warning)]]);
    // In the same directory, after the old one.
    const replaced = await own.preview(place.program({ ...args, triggers: [1] }));
    const removal = "; the export that is there is removed first, or taken over if the state has lost it";
    expect([row(replaced), warnings(replaced)]).toEqual([`full, 2 disks, 812 GiB free${removal}`, [expect.stringMatching(warning)]]);
    expect(await own.destroy()).toMatchObject({ ok: true });
  });

  it("an export that is to be adopted", async () => {
    const exportDirectory = place.directory();
    const kept = await place.stack();
    const program = place.program({ exportDirectory, onDestroy: "keep" });
    expect(await kept.up(program)).toMatchObject({ ok: true });
    expect(await kept.destroy()).toMatchObject({ ok: true });
    const run = await stack.preview(place.program({ exportDirectory, onExisting: "adopt" }));
    expect([run.ok, row(run)]).toEqual([true, "takes over the finished export that is there, after reading 5 files"]);
    const other = await stack.preview(place.program({ exportDirectory, onExisting: "adopt", referencePoint: points.sql01[2] }));
    expect([other.ok, other.text.includes("Code: adoption-refused")]).toEqual([false, true]);
  });

  it("a replacement, in place and elsewhere", async () => {
    const own = await place.stack();
    const exportDirectory = place.directory();
    expect(await own.up(place.program({ exportDirectory }))).toMatchObject({ ok: true });
    for (const [change, more] of [
      [{ referencePoint: points.sql01[2] }, "; the export that is there is removed first"],
      [{ triggers: [1] }, "; the export that is there is removed first, or taken over if the state has lost it"],
      [{ exportDirectory: place.directory() }, ""],
    ] satisfies [Partial<ReferencePointExportArgs>, string][]) {
      const run = await own.preview(place.program({ exportDirectory, ...change }));
      expect([run.ok, opOf(run).includes("replace")]).toEqual([true, true]);
      expect(row(run)).toMatch(new RegExp(`^full, 2 disks, at most 7 MiB, \\S+ \\S+ free${more}$`));
    }
    const wrong = await own.preview(place.program({ exportDirectory: place.directory(), virtualMachine: "WEB1" }));
    expect([wrong.ok, wrong.text.includes("Code: virtual-machine-not-found")]).toEqual([false, true]);
    expect(await own.destroy()).toMatchObject({ ok: true });
  });
});

it("an export that a killed run has begun: it is gone on with, or removed where another is declared", async () => {
  const exportDirectory = place.directory();
  await place.lab.configure({ bytesPerSecond: 1_000_000 });
  try {
    const killed = await ProviderProcess.start();
    const { urn } = await ownUrn(exportDirectory);
    const { inputs } = await killed.check({
      host: place.host,
      virtualMachine: "SQL01",
      referencePoint: points.sql01[1],
      exportDirectory,
      createUrn: urn,
    });
    killed.create(inputs).catch(() => {});
    while ((await place.lab.describe()).jobs.every((job) => job.exportDirectory !== exportDirectory))
      await new Promise((resolve) => setTimeout(resolve, 50));
    await killed.end("stdin");
    const run = await stack.preview(place.program({ exportDirectory }));
    expect([run.ok, row(run)]).toEqual([true, expect.stringMatching(/ free; goes on with the export that was begun$/)]);
    const other = await stack.preview(place.program({ exportDirectory, referencePoint: points.sql01[2] }));
    expect([other.ok, row(other)]).toEqual([true, expect.stringMatching(/ free; what was begun there is removed first$/)]);
  } finally {
    await place.lab.configure({ bytesPerSecond: "unlimited" });
  }

  /** The URN of the resource that the stack would make. */
  async function ownUrn(directory: string): Promise<{ readonly urn: string }> {
    const shown = await stack.preview(place.program({ exportDirectory: directory }));
    return { urn: shown.messages.find(({ urn }) => urn.endsWith("::export"))?.urn ?? "" };
  }
});

it("a replacement of a resource that is renamed in the same up is shown as the up does it", async () => {
  const own = await place.stack();
  const exportDirectory = place.directory();
  expect(await own.up(place.program({ exportDirectory, referencePoint: points.sql01[0] }))).toMatchObject({ ok: true });
  const renamed = place.program({ exportDirectory }, { name: "other", aliases: [{ name: "export" }] });
  for (const run of [await own.preview(renamed), await own.up(renamed)]) {
    expect(run.ok, run.text).toBe(true);
    expect(opOf(run, "other")).toContain("replace");
  }
  await place.expectRestorable([exportDirectory], points.sql01[1]);
  expect(await own.destroy()).toMatchObject({ ok: true });
});

it("a preview of a lab that is not there yet makes none, and says so", async () => {
  const directory = join(place.scratch, "no-lab");
  for (const [virtualMachine, ok] of [
    ["WEB01", true],
    ["WEB1", false],
  ] as const) {
    const args = { host: Host.simulator({ directory }), virtualMachine, referencePoint: points.web01 };
    const run = await stack.preview(place.program({ ...args, exportDirectory: place.directory() }));
    expect([run.ok, existsSync(directory)]).toEqual([ok, false]);
    const said = ok ? [row(run)] : warnings(run);
    expect(said).toEqual([expect.stringContaining(`there is no lab in ${directory}: the up makes the default one`)]);
  }
});

describe("what is not known yet refuses nothing", () => {
  /** An output that no preview knows. */
  class Later extends pulumi.ComponentResource {
    readonly value: pulumi.Output<string>;
    constructor(name: string, host: ReferencePointExportArgs["host"], exportDirectory: string) {
      super("test:Later", name);
      const source = new ReferencePointExport(`${name}-source`, {
        ...(host && { host }),
        virtualMachine: "WEB01",
        exportDirectory,
      });
      this.value = source.referencePointId;
    }
  }

  it.each<[keyof ReferencePointExportArgs, Partial<ReferencePointExportArgs>]>([
    ["virtualMachine", {}],
    ["referencePoint", {}],
    ["exportDirectory", {}],
    ["baseReferencePoint", {}],
    ["baseReferencePoint", { onExisting: "adopt" }],
    ["referencePoint", { disksToExport: ["some.vhdx"] }],
  ])("%s", async (name, more) => {
    const exportDirectory = place.directory();
    const source = place.directory();
    await place.lab.configure({ freeBytes: 6 * MiB });
    const run = await stack.preview(async () => {
      const { value } = new Later("later", place.host, source);
      const args = { host: place.host, virtualMachine: "SQL01", referencePoint: points.sql01[1], exportDirectory };
      new ReferencePointExport("export", { ...args, disksToExport: ["SQL01-data.vhdx"], ...more, [name]: value });
    });
    expect(run).toMatchObject({ ok: true });
    expect(row(run)).toMatch(name === "baseReferencePoint" ? /^differential, / : /^full/);
  });

  it("and what is known is refused all the same", async () => {
    const source = place.directory();
    const run = await stack.preview(async () => {
      const { value } = new Later("later", place.host, source);
      const args = { host: place.host, referencePoint: value, exportDirectory: place.directory() };
      new ReferencePointExport("export", { ...args, virtualMachine: "WEB1" });
    });
    expect([run.ok, run.text.includes("Code: virtual-machine-not-found")]).toEqual([false, true]);
  });

  it("nor does what another resource may make good before: that is a warning", async () => {
    const run = await stack.preview(async () => {
      const first = new pulumi.ComponentResource("test:Machines", "machines");
      const args = { host: place.host, virtualMachine: "WEB1", exportDirectory: place.directory() };
      new ReferencePointExport("export", args, { dependsOn: [first] });
    });
    expect(run.ok, run.text).toBe(true);
    expect(warnings(run)).toEqual([expect.stringMatching(/Code: virtual-machine-not-found\n.*depends on "machines"/s)]);
  });
});

describe("a host that does not answer", () => {
  it("is one warning, however many exports there are, and no failure", async () => {
    await place.lab.setFaults([{ fault: "hostUnreachable" }]);
    const run = await stack.preview(async () => {
      for (const name of ["a", "b", "c"]) {
        const args = { host: place.host, virtualMachine: "SQL01", referencePoint: points.sql01[1] };
        new ReferencePointExport(name, { ...args, exportDirectory: place.directory() });
      }
    });
    expect(run.ok, run.text).toBe(true);
    expect(warnings(run)).toEqual([expect.stringMatching(/3 new exports on the simulator in .*Code: host-unreachable/s)]);
  });

  const onWindows = () => (process.platform === "win32" ? place.directory() : "D:\\Exports\\sql01");

  it("over PowerShell, too: a program that never says a word", async () => {
    const silent = join(place.scratch, "silent.sh");
    writeFileSync(silent, "#!/bin/sh\nexit 7\n", { mode: 0o755 });
    const run = await stack.preview(place.program({ host: Host.local({ executable: silent }), exportDirectory: onWindows() }));
    expect(run.ok, run.text).toBe(true);
    expect(warnings(run)).toEqual([expect.stringMatching(/a new export on PowerShell on this machine: PowerShell on this machine ended/)]);
    expect(processesWith(place.scratch)).toEqual([]);
  });

  it("because of what is wrong here: that is an error, as the up would fail, and says each thing once", async () => {
    const noProgram = join(place.scratch, "no-program");
    writeFileSync(noProgram, "", { mode: 0o644 });
    const unset = "HYPERV_TEST_NO_SUCH_KEY";
    const secret = Host.ssh({ hostName: "hv01", userName: "svc", privateKey: { environment: unset } });
    for (const [host, code, text] of [
      [
        secret,
        "secret-missing",
        `could not reach the host (hv01 (SSH)): the environment variable ${unset}, which holds the privateKey of hv01, is`,
      ],
      [Host.local({ executable: "/no/such/pwsh" }), "program-missing", "There is no program /no/such/pwsh on this machine"],
      [Host.local({ executable: noProgram }), "program-missing", noProgram],
    ] as const) {
      const run = await stack.preview(place.program({ host, exportDirectory: onWindows() }));
      const [error, ...more] = run.messages.filter(({ severity, urn }) => severity === "error" && urn.endsWith("::export"));
      expect([run.ok, more, warnings(run)]).toEqual([false, [], []]);
      expect(error?.text).toContain(text);
      expect(error?.text).toContain(`Code: ${code}`);
    }
  });
});

describe("the host is asked once for all new exports, and for nothing else", () => {
  it("in one batch; a plain up and its preview ask nothing", async () => {
    const trace = join(place.scratch, "trace.jsonl");
    const own = await place.stack();
    const names = Array.from({ length: 20 }, (_, index) => `export${index}`);
    const directory = place.directory();
    const program = async () => {
      for (const name of names) {
        const args = { host: place.host, virtualMachine: "SQL01", referencePoint: points.sql01[1] };
        new ReferencePointExport(name, { ...args, exportDirectory: join(directory, name) });
      }
    };
    const asked = () => {
      const lines = existsSync(trace) ? readFileSync(trace, "utf8").trim().split("\n") : [];
      rmSync(trace, { force: true });
      return lines.map((line) => JSON.parse(line) as { verb: string; items: number; pid: number });
    };
    process.env.HYPERV_TRACE = trace;
    try {
      expect(await own.preview(program)).toMatchObject({ ok: true });
      const calls = asked();
      const items = (verb: string) => calls.filter((call) => call.verb === verb).map((call) => call.items);
      expect(items("machineId")).toHaveLength(1);
      expect(items("findVirtualMachines")).toEqual([1]);
      expect(items("listReferencePoints")).toEqual([1]);
      expect(items("findExportJobs")).toEqual([20]);
      // The directories; what is above them for claims, twice, as somebody may claim meanwhile; and for free space.
      expect(items("readDirectories").length).toBeLessThanOrEqual(5);
      expect(items("exportReferencePoints")).toEqual([]);
      expect(await own.up(program)).toMatchObject({ ok: true });
      asked();
      expect(await own.preview(program)).toMatchObject({ ok: true });
      expect(await own.up(program)).toMatchObject({ ok: true });
      expect(asked()).toEqual([]);
    } finally {
      delete process.env.HYPERV_TRACE;
    }
    expect(await own.destroy()).toMatchObject({ ok: true });
  });
});
