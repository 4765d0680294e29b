import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  checkHost,
  checkHostOutput,
  type GetVirtualMachinesArgs,
  getReferencePoints,
  getReferencePointsOutput,
  getVirtualMachines,
  getVirtualMachinesOutput,
  Host,
  ReferencePointExport,
} from "pulumi-hyperv-reference-point";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { opOf, type Run, type TestStack } from "./test-stack";
import { points, Workplace } from "./workplace";

let place: Workplace;
let stack: TestStack;
let trace: string;
beforeAll(async () => {
  place = await Workplace.open();
  trace = join(place.scratch, "trace.jsonl");
  stack = await place.stack();
});
beforeEach(() => {
  process.env.HYPERV_TRACE = trace;
});
afterEach(async () => {
  delete process.env.HYPERV_TRACE;
  rmSync(trace, { force: true });
  await place.lab.clearFaults();
});
afterAll(() => place.close());

/** What this process, which runs the programs, has asked of hosts; its providers are other processes. */
function asked(): string[] {
  const lines = existsSync(trace) ? readFileSync(trace, "utf8").trim().split("\n") : [];
  const calls = lines.map((line) => JSON.parse(line) as { verb: string; pid: number });
  return calls.filter(({ pid, verb }) => pid === process.pid && verb !== "imagine").map(({ verb }) => verb);
}

const errorsOf = (run: Run) => run.messages.filter(({ severity }) => severity === "error").map(({ text }) => text);
const count = (verb: string) => asked().filter((one) => one === verb).length;

describe("a program looks up what it exports", () => {
  it("in preview and up: one session is shared with the look ahead, and closed", async () => {
    const own = await place.stack();
    const directory = place.directory();
    const program = async () => {
      const { host } = place;
      const { virtualMachines } = await getVirtualMachines({ host, name: "?QL*" });
      for (const { id, name } of virtualMachines) {
        const { referencePoints } = await getReferencePoints({ host, virtualMachine: id });
        for (const { id: point } of referencePoints.slice(0, 2)) {
          const directoryName = `${name}-${point.slice(-1)}`;
          const args = { host, virtualMachine: id, referencePoint: point, exportDirectory: join(directory, directoryName) };
          new ReferencePointExport(directoryName, args);
        }
      }
      const { ok, directories } = await checkHost({ host, directories: [directory] });
      return { names: virtualMachines.map(({ name }) => name), ok, exists: directories.map(({ exists }) => exists) };
    };
    const preview = await own.preview(program);
    expect(preview.ok, preview.text).toBe(true);
    expect([opOf(preview, "SQL01-1"), opOf(preview, "SQL01-2")]).toEqual(["create", "create"]);
    const shown = preview.messages.filter(({ ephemeral, urn }) => ephemeral && /SQL01-/.test(urn)).map(({ text }) => text);
    expect(shown).toEqual([expect.stringMatching(/^full, 2 disks/), expect.stringMatching(/^full, 2 disks/)]);
    // The look ahead asks for jobs; nobody else in this process does.
    expect([count("listVirtualMachines"), count("inspect"), count("findExportJobs") > 0, count("close")]).toEqual([2, 1, true, 1]);
    expect(existsSync(directory)).toBe(false);
    rmSync(trace);

    const up = await own.up(program);
    expect(up.ok, up.text).toBe(true);
    expect(await own.outputs()).toEqual({ names: ["SQL01"], ok: true, exists: [false] });
    // The preview that an up begins with is a program of its own.
    expect([count("listVirtualMachines"), count("close")]).toEqual([2, 1]);
    await place.expectRestorable([join(directory, "SQL01-1")], points.sql01[0]);
    expect(opOf(await own.up(program), "SQL01-1")).toBe("same");
    expect((await own.destroy()).ok).toBe(true);
  });

  it("with the host of the configuration, and of a lab that is not there yet", async () => {
    const directory = join(place.scratch, "no-lab");
    const own = await place.stack({ "hyperv:host": { value: JSON.stringify(Host.simulator({ directory })) } });
    const program = async () => {
      const found = getVirtualMachinesOutput({ name: "web*" }).virtualMachines.apply((all) => all.length);
      return { found, points: getReferencePointsOutput({ virtualMachine: "WEB01" }).referencePoints.apply((all) => all.length) };
    };
    const warningsOf = ({ messages }: Run) => messages.filter(({ severity }) => severity === "warning").map(({ text }) => text);
    const warning = `There is no lab in ${directory}: the up makes the default one for the first resource on it. Until then, look-ups tell of that one.`;
    const preview = await own.preview(program);
    expect([preview.ok, warningsOf(preview)]).toEqual([true, [warning]]);
    expect((await own.up(program)).ok).toBe(true);
    expect([await own.outputs(), existsSync(directory)]).toEqual([{ found: 1, points: expect.any(Number) }, false]);
    await Simulator.open(directory);
    expect(warningsOf(await own.preview(program))).toEqual([]);
  });

  it("and two programs of one process each on a host and a session of its own", async () => {
    const other = Host.simulator({ directory: join(place.scratch, "other-lab") });
    await (await Simulator.open(other.directory as string)).addVirtualMachine({ name: "OTHER01", disks: [] });
    const program = (host: GetVirtualMachinesArgs["host"]) => async () => ({
      names: (await getVirtualMachines({ host, name: "?????0?" })).virtualMachines.map(({ name }) => name),
    });
    const [one, two] = [await place.stack(), await place.stack()];
    const runs = await Promise.all([one.up(program(place.host)), two.up(program(other))]);
    expect(runs.map(({ ok }) => ok)).toEqual([true, true]);
    expect(await Promise.all([one.outputs(), two.outputs()])).toEqual([{ names: [] }, { names: ["OTHER01"] }]);
    expect([count("listVirtualMachines"), count("close")]).toEqual([2, 2]);
  });
});

describe("what is not known yet in a preview", () => {
  /** A component whose child is the export that makes something known. */
  class Later extends pulumi.ComponentResource {
    readonly source: ReferencePointExport;
    constructor(name: string, exportDirectory: string) {
      super("test:Later", name);
      const args = { host: place.host, virtualMachine: "WEB01", exportDirectory };
      this.source = new ReferencePointExport(`${name}-source`, args, { parent: this });
    }
  }
  type Look = (source: ReferencePointExport, later: Later) => pulumi.Output<unknown>;

  it.each<[string, Look]>([
    [
      "an argument",
      ({ virtualMachineName }) => getReferencePointsOutput({ host: place.host, virtualMachine: virtualMachineName }).referencePoints,
    ],
    [
      "a part of the host",
      ({ exportId }) => getVirtualMachinesOutput({ host: Host.simulator({ directory: exportId.apply(() => place.lab.directory) }) }),
    ],
    // Known, and yet of a resource that is not there.
    ["an argument's resource", ({ exportDirectory }) => checkHostOutput({ host: place.host, directories: [exportDirectory] }).directories],
    ["what it depends on", (source) => getVirtualMachinesOutput({ host: place.host }, { dependsOn: source })],
    ["a component that it depends on", (_, later) => getVirtualMachinesOutput({ host: place.host }, { dependsOn: [later] })],
  ])("%s: the answer is not known either, and nothing is asked", async (_, look) => {
    const own = await place.stack();
    const exportDirectory = place.directory();
    const seen: unknown[] = [];
    const program = async () => {
      const later = new Later("later", exportDirectory);
      return { found: look(later.source, later).apply((found) => seen.push(found)) };
    };
    const preview = await own.preview(program);
    expect([preview.ok, seen]).toEqual([true, []]);
    expect([count("listVirtualMachines"), count("inspect")]).toEqual([0, 0]);
    const up = await own.up(program);
    expect(up.ok, up.text).toBe(true);
    expect(seen).toHaveLength(1);
    expect((await own.destroy()).ok).toBe(true);
  });

  it("is an error of the form that answers at once, which names the other one", async () => {
    const run = await stack.preview(async () => {
      const { source } = new Later("later", place.directory());
      const host = Host.simulator({ directory: source.referencePointId });
      await getVirtualMachines({ host });
    });
    expect(run.ok).toBe(false);
    expect(errorsOf(run).join()).toMatch(/host is not known yet in a preview\n.*getVirtualMachinesOutput/s);
  });
});

describe("secrets", () => {
  it("an output of a secret argument is secret; that of a plain one is not", async () => {
    const own = await place.stack();
    const run = await own.up(async () => ({
      secret: getVirtualMachinesOutput({ host: place.host, name: pulumi.secret("SQL01") }).virtualMachines.apply(([first]) => first?.id),
      plain: getVirtualMachinesOutput({ host: place.host, name: "DC01" }).virtualMachines.apply(([first]) => first?.id),
    }));
    expect(run.ok, run.text).toBe(true);
    expect(Object.values(await own.outputs())).toHaveLength(2);
    const text = own.stateText();
    expect([text.includes("5A010000-0000-4000-8000-00000000000A"), text.includes("DC010000-0000-4000-8000-00000000000A")]).toEqual([
      false,
      true,
    ]);
  });

  it("no message repeats one: an argument's, a folder of a secret host's, and what a check tells", async () => {
    const hidden = join(place.scratch, "hush-hush", "lab");
    await Simulator.open(hidden);
    const own = await place.stack({ "hyperv:host": { value: JSON.stringify(Host.simulator({ directory: hidden })), secret: true } });
    const runs = [
      await own.preview(async () => ({ found: getReferencePointsOutput({ virtualMachine: pulumi.secret("hush-machine") }) })),
      await own.preview(async () => void (await getReferencePoints({ virtualMachine: pulumi.secret("hush-machine") as never }))),
      await own.preview(async () => {
        const { host, problems } = await checkHost({ directories: [pulumi.secret("/dev/null") as never] });
        pulumi.log.warn(`${host}: ${JSON.stringify(problems.map(({ message }) => message))}`);
      }),
    ];
    expect(runs.map(({ ok }) => ok)).toEqual([false, false, true]);
    for (const { text } of runs) expect([text.includes("hush"), text.includes("[secret]")]).toEqual([false, true]);
    expect(runs[2]?.text).not.toContain("/dev/null");
  });
});

describe("what fails", () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ["no such machine", () => getReferencePoints({ host: place.host, virtualMachine: "SQL1" }), "virtual-machine-not-found"],
    ["a slip in an argument", () => getVirtualMachines({ host: place.host, nam: "SQL*" } as never), "invalid-arguments"],
    ["no host at all", () => getVirtualMachines(), "invalid-arguments"],
  ])("%s ends the program with the error, its remedy and no stack", async (_, ask, code) => {
    for (const run of [await stack.preview(async () => void (await ask())), await stack.up(async () => void (await ask()))]) {
      expect(run.ok).toBe(false);
      const text = errorsOf(run).join();
      expect(text).toMatch(/What to do: \S/);
      expect([text.includes(`Code: ${code}`), /\n\s+at /.test(text)]).toEqual([true, false]);
    }
  });

  it("can be caught by its code, and the sessions are closed all the same", async () => {
    await place.lab.setFaults([{ fault: "hostUnreachable" }]);
    const run = await stack.preview(async () => {
      const code = await getVirtualMachines({ host: place.host }).catch((error: { code: string; remedy: string }) => error.code);
      pulumi.log.warn(`caught ${code}`);
    });
    expect([run.ok, run.text.includes("caught host-unreachable"), count("close")]).toEqual([true, true, 1]);
  });

  it("a check answers it, and the program goes on", async () => {
    await place.lab.setFaults([{ fault: "hostUnreachable" }]);
    const own = await place.stack();
    const run = await own.up(async () => {
      const { ok, problems } = await checkHost({ host: place.host });
      return { ok, codes: problems.map(({ code }) => code), remedies: problems.map(({ remedy }) => remedy.length > 0) };
    });
    expect(run.ok, run.text).toBe(true);
    expect(await own.outputs()).toEqual({ ok: false, codes: ["host-unreachable"], remedies: [true] });
  });

  it("an error of the program's own after a look-up closes the session, too", async () => {
    const run = await stack.preview(async () => {
      await getVirtualMachines({ host: place.host });
      throw new Error("the program's own");
    });
    expect([run.ok, run.text.includes("the program's own"), count("close")]).toEqual([false, true, 1]);
  });
});
