import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import {
  ReferencePoint,
  type ReferencePointArgs,
  ReferencePointExport,
  type ReferencePointExportArgs,
} from "pulumi-hyperv-reference-point";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { POINT_RECORD } from "../../provider/domain/reference-point/point-record";
import { opOf, type TestStack } from "./test-stack";
import { points, Workplace } from "./workplace";

let place: Workplace;
// A lab a test: what one leaves is in nobody's way.
beforeEach(async () => {
  place = await Workplace.open();
  await place.lab.configure({ pointJobDuration: 0 });
});
afterEach(() => place.close());

type Options = pulumi.CustomResourceOptions & { readonly name?: string };

function pointProgram(args: Partial<ReferencePointArgs> = {}, { name = "point", ...opts }: Options = {}) {
  return async () => {
    const point = new ReferencePoint(name, { host: place.host, virtualMachine: "WEB01", ...args }, opts);
    const { referencePointId, consistency, diskIds, createdAt, virtualMachineId } = point;
    return { referencePointId, consistency, diskIds, createdAt, virtualMachineId };
  };
}

/** A point, and its export. */
function exportedProgram(
  exportDirectory: string,
  args: Partial<ReferencePointExportArgs> = {},
  pointArgs: Partial<ReferencePointArgs> = {},
) {
  return async () => {
    const host = place.host;
    const point = new ReferencePoint("point", { host, virtualMachine: "WEB01", ...pointArgs });
    const { referencePointId } = point;
    new ReferencePointExport("export", { host, virtualMachine: "WEB01", referencePoint: referencePointId, exportDirectory, ...args });
    return { referencePointId };
  };
}

async function listed(machine = "WEB01"): Promise<string[]> {
  const found = (await place.lab.describe()).virtualMachines.find(({ name }) => name === machine);
  return found?.referencePoints.map(({ id }) => id) ?? [];
}

/** The record files of this lab: one a resource. */
function records(): {
  readonly file: string;
  readonly record: { readonly owner: { readonly urn: string }; readonly entries: readonly { id: string; referencePointId?: string }[] };
}[] {
  const folder = join(place.lab.directory, "records");
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === POINT_RECORD)
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, record: JSON.parse(readFileSync(file, "utf8")) }));
}

async function madeBy(stack: TestStack): Promise<string> {
  return String((await stack.outputs()).referencePointId);
}

describe("a point and its export in one program", () => {
  it("up makes both, a second up and a refresh nothing, destroy takes both away", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = exportedProgram(exportDirectory, { requireConsistency: "application" });
    const preview = await stack.preview(program);
    expect(preview).toMatchObject({ ok: true });
    const up = await stack.up(program);
    expect(up).toMatchObject({ ok: true });
    expect([opOf(up, "point"), opOf(up, "export")]).toEqual(["create", "create"]);
    const id = await madeBy(stack);
    expect(await listed()).toEqual([points.web01, id]);
    expect(stack.resource().outputs).toMatchObject({ referencePointId: id, status: "intact" });
    await place.expectRestorable([exportDirectory], id, "WEB01");
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    const again = await stack.up(program);
    expect([opOf(again, "point"), opOf(again, "export")]).toEqual(["same", "same"]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
    expect(existsSync(exportDirectory)).toBe(false);
    expect(records()).toEqual([]);
  });

  it("a new trigger makes a new point, exports it, and destroys the old one last", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = (night: string) => exportedProgram(exportDirectory, {}, { triggers: [night] });
    await stack.up(program("one"));
    const first = await madeBy(stack);
    const up = await stack.up(program("two"));
    expect(up).toMatchObject({ ok: true });
    const second = await madeBy(stack);
    expect(second).not.toBe(first);
    const row = up.messages.filter(({ urn, ephemeral }) => ephemeral && urn.endsWith("::point"));
    expect(row.at(-1)?.text).toBe(`${second}, application-consistent; the old one: destroyed`);
    expect(await listed()).toEqual([points.web01, second]);
    await place.expectRestorable([exportDirectory], second, "WEB01");
    expect(records().map(({ record }) => record.entries.map(({ referencePointId }) => referencePointId))).toEqual([[second]]);
    expect(up.messages.filter(({ severity }) => severity === "warning")).toEqual([]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
  });

  it("an export refuses a point that is less than it requires", async () => {
    const stack = await place.stack();
    const program = exportedProgram(place.directory(), { requireConsistency: "application" }, { consistency: "crash" });
    const up = await stack.up(program);
    expect(up.ok).toBe(false);
    expect(up.text).toContain("Code: weaker-point");
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
  });
});

describe("a preview", () => {
  it("shows what would be made, and makes nothing", async () => {
    const stack = await place.stack();
    const preview = await stack.preview(pointProgram());
    expect(preview).toMatchObject({ ok: true });
    expect(preview.messages.map(({ text }) => text)).toContain("a point of 1 disk");
    expect(await place.lab.pointCalls()).toEqual([]);
    expect(records()).toEqual([]);
  });

  it("refuses what the create would refuse", async () => {
    const stack = await place.stack();
    await place.lab.addVirtualMachine({ name: "BARE01", disks: [] });
    for (const [virtualMachine, code] of [
      ["BARE01", "no-disks"],
      ["nobody", "virtual-machine-not-found"],
    ] as const) {
      const preview = await stack.preview(pointProgram({ virtualMachine }));
      expect(preview.ok).toBe(false);
      expect(preview.text).toContain(`Code: ${code}`);
    }
  });
});

describe("outputs", () => {
  it("are what the host reports", async () => {
    const stack = await place.stack();
    await stack.up(pointProgram({ consistency: "crash" }));
    const machine = (await place.lab.describe()).virtualMachines.find(({ name }) => name === "WEB01");
    expect(await stack.outputs()).toEqual({
      referencePointId: (await listed()).at(-1),
      consistency: "crash",
      diskIds: machine?.disks.map(({ instanceId }) => instanceId),
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      virtualMachineId: machine?.id,
    });
    // It is enough for what is asked for now.
    expect(opOf(await stack.up(pointProgram({ consistency: "application-if-possible" })), "point")).toBe("update");
    expect((await stack.outputs()).consistency).toBe("crash");
    expect(opOf(await stack.up(pointProgram({ consistency: "application" })), "point")).toBe(
      "create-replacement, replace, delete-replaced",
    );
    expect((await stack.outputs()).consistency).toBe("application");
    await stack.destroy();
    expect(await listed()).toEqual([points.web01]);
  });

  it("a look-up has them of a point that this stack does not manage, and never destroys it", async () => {
    const stack = await place.stack();
    const look = (id: string) => async () => {
      const { referencePointId, consistency } = ReferencePoint.get("point", id, { host: place.host, virtualMachine: "WEB01" });
      return { referencePointId, consistency };
    };
    expect(await stack.up(look(points.web01))).toMatchObject({ ok: true });
    expect(await stack.outputs()).toMatchObject({ referencePointId: points.web01 });
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
    const missing = await stack.up(look("Microsoft:00000000-0000-4000-8000-000000000000"));
    expect(missing.text).toContain("Code: reference-point-not-found");
    expect(missing.text).toContain(points.web01);
  });
});

describe("a run that was killed", () => {
  /** Up, then everything as if the run had been killed: the engine knows nothing, and the record has come as far as `at` says. */
  const killed = async (stack: TestStack, at: (entry: Record<string, unknown>) => Record<string, unknown>): Promise<string> => {
    await stack.up(pointProgram());
    const id = await madeBy(stack);
    await stack.edit(withoutResources);
    const [kept] = records();
    const record = { ...kept?.record, entries: kept?.record.entries.map((entry) => at(entry as Record<string, unknown>)) };
    writeFileSync(kept?.file ?? "", JSON.stringify(record));
    return id;
  };
  const attempt = () => ({
    run: "of a killed process",
    virtualMachineId: "3EB01000-0000-4000-8000-00000000000A",
    virtualMachineName: "WEB01",
    consistency: "application",
    pointsBefore: [points.web01],
    jobsBefore: [],
    startedAt: new Date().toISOString(),
    hostTime: new Date(Date.now() - 60_000).toISOString(),
  });

  it.each<[string, (entry: Record<string, unknown>) => Record<string, unknown>, string]>([
    ["after everything", (entry) => entry, "took over the point that is there"],
    [
      "between the call and the record",
      ({ referencePointId: _, createdAt: __, ...entry }) => ({ ...entry, attempt: attempt() }),
      "took over the point of an earlier run",
    ],
  ])("%s: the next up takes the point over", async (_, at, said) => {
    const stack = await place.stack();
    const id = await killed(stack, at);
    const up = await stack.up(pointProgram());
    expect(up).toMatchObject({ ok: true });
    expect(await madeBy(stack)).toBe(id);
    expect(up.text).toContain(said);
    expect(await listed()).toEqual([points.web01, id]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
    expect(records()).toEqual([]);
  });

  it("before its resource was renamed: by the alias the next up takes the point over", async () => {
    const stack = await place.stack();
    const id = await killed(stack, ({ referencePointId: _, createdAt: __, ...entry }) => ({ ...entry, attempt: attempt() }));
    const renamed = pointProgram({}, { name: "renamed", aliases: [{ name: "point" }] });
    const up = await stack.up(renamed);
    expect(up).toMatchObject({ ok: true });
    expect(await madeBy(stack)).toBe(id);
    expect(records().map(({ record }) => record.owner.urn)).toEqual([stack.resource("renamed").urn]);
    // An alias that is taken away again changes nothing, and neither does a refresh.
    expect(opOf(await stack.up(renamed), "renamed")).toBe("same");
    expect(opOf(await stack.up(pointProgram({}, { name: "renamed" })), "renamed")).toBe("same");
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
    expect(records()).toEqual([]);
  });

  it("where no job proves the point: it is named and left alone, and another one is made", async () => {
    const stack = await place.stack();
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    const unproven = await killed(stack, ({ referencePointId: _, createdAt: __, ...entry }) => ({
      ...entry,
      attempt: { ...attempt(), hostTime: yesterday },
    }));
    const up = await stack.up(pointProgram());
    expect(up).toMatchObject({ ok: true });
    expect(up.messages.filter(({ severity }) => severity === "warning").map(({ text }) => text)).toEqual([
      expect.stringContaining(unproven),
    ]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01, unproven]);
    await place.lab.removeReferencePoint(unproven);
  });

  it("with its connection lost during the call: the same up finds the job", async () => {
    const stack = await place.stack();
    await place.lab.setFaults([{ fault: "connectionLostAfter", method: "createReferencePoints", count: 1 }]);
    const up = await stack.up(pointProgram());
    expect(up).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01, await madeBy(stack)]);
    await stack.destroy();
  });
});

describe("ownership", () => {
  it("--replace: the new half takes the point over, and the old one leaves it alone", async () => {
    const stack = await place.stack();
    await stack.up(pointProgram());
    const id = await madeBy(stack);
    const { urn } = stack.resource("point");
    const replaced = await stack.up(pointProgram(), { replace: [urn] });
    expect(replaced).toMatchObject({ ok: true });
    expect(await madeBy(stack)).toBe(id);
    expect(await listed()).toEqual([points.web01, id]);
    await stack.destroy();
    expect(await listed()).toEqual([points.web01]);
  });

  it("an alias: the record goes with the resource, and a new one of the old name makes its own point", async () => {
    const stack = await place.stack();
    await stack.up(pointProgram());
    const id = await madeBy(stack);
    const renamed = pointProgram({}, { name: "renamed", aliases: [{ name: "point" }] });
    const first = await stack.up(renamed);
    expect(opOf(first, "renamed")).toBe("update");
    expect(opOf(await stack.up(renamed), "renamed")).toBe("same");
    expect(records().map(({ record }) => record.owner.urn)).toEqual([stack.resource("renamed").urn]);
    const both = async () => {
      await renamed();
      return pointProgram()();
    };
    await stack.up(both);
    const second = await madeBy(stack);
    expect(second).not.toBe(id);
    expect(await listed()).toEqual([points.web01, id, second]);
    await stack.destroy();
    expect(await listed()).toEqual([points.web01]);
  });

  it("keep: destroy leaves the point, and a new resource makes another one", async () => {
    const stack = await place.stack();
    await stack.up(pointProgram({ onDestroy: "keep" }));
    const kept = await madeBy(stack);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01, kept]);
    expect(records()).toEqual([]);
    await stack.up(pointProgram());
    expect(await madeBy(stack)).not.toBe(kept);
    await stack.destroy();
    expect(await listed()).toEqual([points.web01, kept]);
    await place.lab.removeReferencePoint(kept);
  });

  it("a lost record is no reason to leave the point, and one that cannot be read is", async () => {
    const stack = await place.stack();
    await stack.up(pointProgram());
    const [kept] = records();
    const text = readFileSync(kept?.file ?? "", "utf8");
    writeFileSync(kept?.file ?? "", "{");
    const refused = await stack.destroy();
    expect(refused.text).toContain("Code: claim-damaged");
    expect(await listed()).toHaveLength(2);
    writeFileSync(kept?.file ?? "", text);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
  });
});

describe("a point that is the base of an export", () => {
  const program =
    (exportDirectory: string, withPoint: boolean, base: string, args: Partial<ReferencePointExportArgs> = {}) =>
    async () => {
      const host = place.host;
      const point = withPoint ? new ReferencePoint("base", { host, virtualMachine: "WEB01" }) : undefined;
      const next = new ReferencePoint("next", { host, virtualMachine: "WEB01" }, point && { dependsOn: point });
      new ReferencePointExport("export", {
        host,
        virtualMachine: "WEB01",
        referencePoint: next.referencePointId,
        baseReferencePoint: point?.referencePointId ?? base,
        exportDirectory,
        ...args,
      });
      return { base: point?.referencePointId ?? base };
    };

  it("is not destroyed while the export is there, whose name is told; and goes with it", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    expect(await stack.up(program(exportDirectory, true, ""))).toMatchObject({ ok: true });
    const { base } = (await stack.outputs()) as { base: string };
    const up = await stack.up(program(exportDirectory, false, base));
    expect(up.ok).toBe(false);
    expect(up.text).toContain("Code: reference-point-in-use");
    expect(up.text).toContain(`resource "export" of stack "engine/${stack.name}" in ${exportDirectory}`);
    expect(await listed()).toContain(base);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01]);
    expect(existsSync(join(place.lab.directory, "records", "bases"))).toBe(true);
    expect(readdirSync(join(place.lab.directory, "records", "bases"))).toEqual([]);
  });

  it("is not destroyed while the export lies beside its directory, under another name", async () => {
    const stack = await place.stack();
    const [exportDirectory, moved] = [place.directory(), place.directory()];
    await stack.up(program(exportDirectory, true, ""));
    const { base } = (await stack.outputs()) as { base: string };
    renameSync(exportDirectory, moved);
    const refused = await stack.up(program(exportDirectory, false, base));
    expect(refused.text).toContain("Code: reference-point-in-use");
    expect(refused.text).toContain(moved);
    // Once the program says so, the export is found there, and goes with the rest.
    expect(await stack.up(program(moved, true, ""))).toMatchObject({ ok: true });
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(await listed()).not.toContain(base);
  });

  it("is destroyed although the export is kept: nobody here makes that again", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await stack.up(program(exportDirectory, true, "", { onDestroy: "keep" }));
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(existsSync(exportDirectory)).toBe(true);
    expect(await listed()).toEqual([points.web01]);
  });

  it("stays, pending, where a new one has replaced it, until the export is gone; all else is done", async () => {
    const [stack, other] = [await place.stack(), await place.stack()];
    const exportDirectory = place.directory();
    await stack.up(pointProgram({ triggers: ["one"] }));
    const base = await madeBy(stack);
    await other.up(program(exportDirectory, false, base));
    const replaced = await stack.up(pointProgram({ triggers: ["two"] }));
    expect(replaced.ok).toBe(false);
    expect(replaced.text).toContain("Code: reference-point-in-use");
    const made = (await listed()).at(-1);
    expect(made).not.toBe(base);
    expect(await listed()).toContain(base);
    await other.destroy();
    expect(await stack.up(pointProgram({ triggers: ["two"] }))).toMatchObject({ ok: true });
    expect(await listed()).toEqual([points.web01, made]);
    await stack.destroy();
  });

  it("is destroyed where its export is gone, whatever is noted of it", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    await stack.up(program(exportDirectory, true, ""));
    const { base } = (await stack.outputs()) as { base: string };
    rmSync(exportDirectory, { recursive: true });
    expect(await stack.refresh()).toMatchObject({ ok: true });
    expect(await stack.up(async () => {})).toMatchObject({ ok: true });
    expect(await listed()).not.toContain(base);
  });
});

describe("refresh", () => {
  it("a point that is gone is gone, and the next up makes another one", async () => {
    const stack = await place.stack();
    await stack.up(pointProgram());
    const id = await madeBy(stack);
    await place.lab.removeReferencePoint(id);
    expect(await stack.refresh()).toMatchObject({ ok: true });
    expect(stack.resources()).toEqual([]);
    expect(await stack.up(pointProgram())).toMatchObject({ ok: true });
    expect(await madeBy(stack)).not.toBe(id);
    await stack.destroy();
    expect(await listed()).toEqual([points.web01]);
  });

  it("a machine that is not visible is an error, which says how to give the point up", async () => {
    const stack = await place.stack();
    await stack.up(pointProgram());
    const [here, away] = ["3EB01000-0000-4000-8000-00000000000A", "00000000-0000-4000-8000-00000000000A"] as const;
    const move = async (from: string, to: string) => {
      await stack.edit((text) => text.replaceAll(from, to));
      for (const { file } of records()) writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
    };
    await move(here, away);
    for (const run of [await stack.refresh(), await stack.destroy()]) {
      expect(run.ok).toBe(false);
      expect(run.text).toContain("Code: virtual-machine-not-found");
      expect(run.text).toContain("pulumi state delete");
    }
    await move(away, here);
    await stack.destroy();
    expect(await listed()).toEqual([points.web01]);
  });
});

describe("a host that makes no such point", () => {
  it.each([
    [{ passThroughDisk: true }, "pass-through-disk"],
    [{ replica: true }, "replica"],
    [{ guestBackup: "fails" }, "guest-backup-off"],
    [{ guestBackup: "fallsBack" }, "not-application-consistent"],
  ] as const)("%j: %s, and nothing is left", async (condition, code) => {
    const stack = await place.stack();
    await place.lab.configureMachine({ virtualMachine: "WEB01", ...condition });
    const up = await stack.up(pointProgram());
    expect(up.ok).toBe(false);
    expect(up.text).toContain(`Code: ${code}`);
    expect(await listed()).toEqual([points.web01]);
    expect(records()).toEqual([]);
    expect(stack.resources()).toEqual([]);
  });

  it.each(["fails", "fallsBack"] as const)("application-if-possible where the guest's backup %s: a warning", async (guestBackup) => {
    const stack = await place.stack();
    await place.lab.configureMachine({ virtualMachine: "WEB01", guestBackup });
    const up = await stack.up(pointProgram({ consistency: "application-if-possible" }));
    expect(up).toMatchObject({ ok: true });
    expect((await stack.outputs()).consistency).toBe("crash");
    expect(up.messages.filter(({ severity }) => severity === "warning").map(({ text }) => text)).toEqual([
      expect.stringContaining("only crash-consistent"),
    ]);
    await stack.destroy();
    expect(await listed()).toEqual([points.web01]);
  });

  it("check refuses what no table allows, before a host is asked", async () => {
    const stack = await place.stack();
    const up = await stack.up(pointProgram({ consistency: "perhaps" as never, virtualMachine: " " }));
    expect(up.ok).toBe(false);
    for (const name of ["consistency", "virtualMachine"]) expect(up.text).toContain(`could not use the argument ${name}`);
    expect(await place.lab.pointCalls()).toEqual([]);
  });
});

function withoutResources(text: string): string {
  const state = JSON.parse(text) as { deployment: { resources: { type: string }[] } };
  const resources = state.deployment.resources.filter(({ type }) => type === "pulumi:pulumi:Stack");
  return JSON.stringify({ ...state, deployment: { ...state.deployment, resources } });
}
