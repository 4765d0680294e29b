import { describe, expect, it } from "vitest";
import { machineBackups } from "../../provider/domain/backups/machine-backups";
import { stackBackups } from "../../provider/domain/backups/stack-backups";
import { judged, problemsFirst, verdicts } from "../../provider/domain/backups/verdict";
import { CHAIN_TYPE, EXPORT_TYPE } from "../../provider/domain/records/owner-text";
import type { ReportedExport } from "../../provider/domain/tree/tree-report";
import { type MadeMachine, reportOf } from "../support/many-machines";

const now = new Date("2026-11-28T10:00:00Z");
const HOUR = 3_600_000;
const one = (fate: MadeMachine["fate"], nights = 9): MadeMachine => ({ name: "SQL01", nights, fate });
const judge = (fate: MadeMachine["fate"], maxAge: number | undefined = 26 * HOUR) => {
  const [machine] = machineBackups(reportOf([one(fate)], now));
  if (machine === undefined) throw new Error("no machine");
  return judged(machine, now, maxAge);
};

describe("the verdict on a machine", () => {
  it.each([
    ["fine", "fine"],
    ["old", "old"],
    ["lost", "none"],
    ["unknown", "unknown"],
    ["partly", "partly"],
  ] as const)("whose backups are %s is %s", (fate, verdict) => {
    expect(judge(fate).verdict).toBe(verdict);
  });

  it("knows no age without a limit", () => {
    expect(judged({ ...judge("old") }, now, undefined).verdict).toBe("fine");
  });

  it("is of a date that is not known: too old", () => {
    const machine = judge("fine");
    const backups = machine.backups.map(({ date: _, ...backup }) => backup);
    expect([judged({ ...machine, backups }, now, HOUR).verdict, judged({ ...machine, backups }, now, undefined).verdict]).toEqual([
      "old",
      "fine",
    ]);
  });

  it("takes nothing for new that a wrong clock has dated ahead", () => {
    const machine = judge("old");
    const ahead = { ...(machine.backups.at(-1) as (typeof machine.backups)[number]), label: "ahead", date: "2030-01-01T00:00:00Z" };
    const more = judged({ ...machine, backups: [...machine.backups, ahead] }, now, 26 * HOUR);
    expect([more.verdict, more.newest?.label, more.age]).toEqual(["old", "2026-11-23", 5 * 24 * HOUR]);
    const alone = judged({ ...machine, backups: [ahead] }, now, 26 * HOUR);
    expect([alone.verdict, alone.newest?.label, alone.age, alone.due?.getTime()]).toEqual(["old", "ahead", undefined, undefined]);
  });

  it("counts what is wrong with the record of a chain", () => {
    const machine = judge("fine");
    const chains = machine.chains.map((chain) => ({ ...chain, problems: ["record-unreadable: x"] }));
    expect(judged({ ...machine, chains }, now, undefined).verdict).toBe("partly");
  });

  it("tells age, size and growth", () => {
    const { age, growth, bytes, newest } = judge("fine");
    expect([age, newest?.label]).toEqual([8 * HOUR, "2026-11-28"]);
    expect(growth.full).toEqual({ before: 40 * 1024 ** 3, last: 47 * 1024 ** 3 });
    expect(bytes).toBeGreaterThan(87 * 1024 ** 3);
  });

  it("puts the worst first, and of those that are alike the oldest", () => {
    const fates = ["fine", "partly", "old", "unknown", "lost"] as const;
    const machines = fates.map((fate, index) => ({ ...judge(fate), name: `VM${index}` }));
    const older = { ...judge("old"), name: "VM9", age: 9 * 24 * HOUR };
    expect(problemsFirst([...machines, older]).map(({ name }) => name)).toEqual(["VM4", "VM3", "VM9", "VM2", "VM1", "VM0"]);
    expect(Object.keys(verdicts)).toEqual(["none", "unknown", "old", "partly", "fine"]);
  });

  it("is due by the limit, and sooner by what the chain declares", () => {
    const machine = judge("fine");
    expect(machine.due).toEqual(new Date("2026-11-29T04:00:00.000Z"));
    const chains = machine.chains.map((chain) => ({ ...chain, every: 24 * HOUR }));
    expect(judged({ ...machine, chains }, now, 26 * HOUR).due).toEqual(new Date("2026-11-29T02:00:00.000Z"));
    expect(judged(machine, now, undefined).due).toBeUndefined();
  });
});

const chainResource = {
  urn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::sql01",
  type: CHAIN_TYPE,
  id: "chain-0",
  outputs: {
    directory: "D:\\Exports\\sql01",
    virtualMachine: "SQL01",
    generation: { every: "1d" },
    result: {
      virtualMachineId: "00000000-0000-4000-8000-000000000000",
      virtualMachineName: "SQL01",
      generations: ["night-1 2026-11-27T02:00:00Z full 100", "night-2 2026-11-28T02:00:00Z differential 5 damaged", "no line"],
    },
  },
};
const exportResource = {
  urn: "urn:pulumi:dev::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::web01",
  type: EXPORT_TYPE,
  id: "x",
  outputs: {
    exportDirectory: "/srv/exports/web01",
    virtualMachine: "WEB01",
    result: {
      virtualMachineName: "WEB01",
      kind: "full",
      completedAt: "2026-11-28T03:00:00Z",
      status: "intact",
      files: [`${"A".repeat(43)} 70 a.vhdx`, `${"A".repeat(43)} 7 b.vmcx`],
    },
  },
};
const stackText = (...resources: object[]) => JSON.stringify({ version: 3, deployment: { resources } });

describe("a stack's state", () => {
  it("tells of chains with their interval, and of exports with their size", () => {
    const stack = stackBackups(stackText(chainResource, exportResource, { urn: "urn:x", type: "pulumi:pulumi:Stack" }));
    expect(stack?.unreadable).toEqual([]);
    expect(stack?.chains).toMatchObject([
      {
        chainId: "chain-0",
        every: 24 * HOUR,
        generations: [
          { directory: "D:\\Exports\\sql01\\night-1", kind: "full", bytes: 100, condition: "intact" },
          { label: "night-2", condition: "damaged" },
        ],
      },
    ]);
    expect(stack?.exports).toMatchObject([{ virtualMachineName: "WEB01", kind: "full", bytes: 77, condition: "intact" }]);
  });

  it("of which the directory is secret, is named; what is to be deleted is left out", () => {
    const secret = { ...chainResource, outputs: { directory: { "4dabf18193072939515e22adb298388d": "1b47", ciphertext: "x" } } };
    expect(stackBackups(stackText(secret))?.unreadable).toEqual([chainResource.urn]);
    expect(stackBackups(stackText({ ...chainResource, delete: true }))).toEqual({ chains: [], exports: [], unreadable: [] });
  });

  it.each(["", "no JSON", "{}", "[]", '{"deployment":{"resources":{}}}'])("is not %j", (text) => {
    expect(stackBackups(text)).toBeUndefined();
  });

  it("of a chain that has made nothing yet leaves its machine without a backup", () => {
    const { result: _, ...outputs } = chainResource.outputs;
    const stack = stackBackups(stackText({ ...chainResource, outputs }));
    const machines = machineBackups({ ...reportOf([], now), directories: [] }, stack);
    expect(machines.map((machine) => [machine.name, judged(machine, now, undefined).verdict])).toEqual([["SQL01", "none"]]);
  });
});

describe("trees beside a stack's state", () => {
  const stack = stackBackups(stackText(chainResource, exportResource));
  const machine = (found: ReturnType<typeof machineBackups>, name: string) => found.find((each) => each.name === name);

  it("tell of the same chain more than the state: it gives the interval alone", () => {
    const found = machineBackups(reportOf([one("fine", 3)], now), stack);
    expect(found.map(({ name }) => name)).toEqual(["SQL01", "WEB01"]);
    const sql = machine(found, "SQL01");
    expect(sql?.backups.map(({ isFromStack, condition }) => [isFromStack, condition])).toEqual(Array(3).fill([false, "intact"]));
    expect(sql?.chains.map(({ every, directory }) => [every, directory])).toEqual([[24 * HOUR, "/srv/exports/machine-0"]]);
  });

  it("that hold nothing of what the state calls intact leave it to nobody's knowledge", () => {
    const found = machineBackups(reportOf([one("fine", 3)], now), stack);
    expect(machine(found, "WEB01")?.backups).toMatchObject([{ condition: "unknown", problems: [expect.stringMatching(/^not-met: /)] }]);
    const alone = machineBackups({ chains: [], exports: [], directories: [] }, stack);
    expect(machine(alone, "WEB01")?.backups).toMatchObject([{ condition: "intact", isFromStack: true }]);
    expect(machine(alone, "SQL01")?.backups.map(({ condition }) => condition)).toEqual(["intact", "damaged"]);
  });

  it("are of one machine by its id, whatever it is called, and by its name where that is all there is", () => {
    const single = (more: Partial<ReportedExport>): ReportedExport => ({
      directory: `/${JSON.stringify(more)}`,
      condition: "intact",
      problems: [],
      warnings: [],
      ...more,
    });
    const exports = [
      single({ virtualMachineId: "AB", virtualMachineName: "OLD" }),
      single({ virtualMachineId: "ab", virtualMachineName: "NEW" }),
      single({ virtualMachineName: "old" }),
      single({ virtualMachineName: "ab" }),
      single({ virtualMachineId: "CD", virtualMachineName: "OLD" }),
      single({}),
    ];
    const found = machineBackups({ chains: [], exports, directories: ["/"] });
    expect(found.map(({ name, backups }) => [name, backups.length])).toEqual([
      ["OLD", 4],
      ["OLD", 1],
      ["an unknown machine", 1],
    ]);
  });
});
