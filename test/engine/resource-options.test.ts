import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ReferencePointExport } from "pulumi-hyperv-reference-point";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { opOf, type Run } from "./test-stack";
import { CLAIM, filesIn, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

const urnOf = (run: Run, name: string) => run.steps.find((step) => step.name === name)?.urn ?? "";

it("protect refuses to replace and to destroy", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  await stack.up(place.program({ exportDirectory }, { protect: true }));
  const files = filesIn(exportDirectory);
  const replaced = await stack.up(place.program({ exportDirectory, referencePoint: points.sql01[2] }, { protect: true }));
  expect(replaced.ok).toBe(false);
  expect(replaced.text).toContain("marked for protection");
  expect((await stack.destroy()).ok).toBe(false);
  expect(filesIn(exportDirectory)).toEqual(files);
  expect(await stack.up(place.program({ exportDirectory }))).toMatchObject({ ok: true });
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect(existsSync(exportDirectory)).toBe(false);
});

it("retainOnDelete leaves the export whole, and the same resource takes it up again", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  const program = place.program({ exportDirectory }, { retainOnDelete: true });
  await stack.up(program);
  const files = filesIn(exportDirectory);
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect(stack.resources()).toEqual([]);
  expect(filesIn(exportDirectory)).toEqual(files);
  const calls = (await place.lab.calls()).length;
  expect(await stack.up(program)).toMatchObject({ ok: true });
  expect(stack.resource().outputs.status).toBe("intact");
  expect((await place.lab.calls()).length).toBe(calls);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

it("ignoreChanges keeps what was", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  await stack.up(place.program({ exportDirectory }));
  const changed = { exportDirectory, referencePoint: points.sql01[2], onDestroy: "keep" } as const;
  const run = await stack.up(place.program(changed, { ignoreChanges: ["referencePoint", "onDestroy"] }));
  expect(opOf(run)).toBe("same");
  expect(stack.resource().outputs.referencePointId).toBe(points.sql01[1]);
  await place.expectRestorable([exportDirectory], points.sql01[1]);
});

it("--replace of an unfinished export: the new half has an id of its own, and the delete of the old one leaves it", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  const program = place.program({ exportDirectory });
  await place.lab.setFaults([{ fault: "jobFails", atPercent: 60, count: 1 }]);
  expect((await stack.up(program)).ok).toBe(false);
  const { id, urn } = stack.resource();
  const replaced = await stack.up(program, { replace: [urn] });
  expect(replaced.ok).toBe(true);
  expect(opOf(replaced)).toContain("delete-replaced");
  expect(stack.resource().id).not.toBe(id);
  await place.expectRestorable([exportDirectory], points.sql01[1]);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

it("two exports change places by way of a third directory", async () => {
  const stack = await place.stack();
  const [one, two, third] = [place.directory(), place.directory(), place.directory()];
  const both = (first: string, second: string) => async () => {
    await place.program({ exportDirectory: first }, { name: "first" })();
    await place.program({ exportDirectory: second, referencePoint: points.sql01[2] }, { name: "second" })();
  };
  await stack.up(both(one, two));
  for (const [first, second] of [
    [third, two],
    [third, one],
    [two, one],
  ] as const) {
    expect(await stack.up(both(first, second))).toMatchObject({ ok: true });
  }
  await place.expectRestorable([two], points.sql01[1]);
  await place.expectRestorable([one], points.sql01[2]);
  expect(existsSync(third)).toBe(false);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

it("--target touches one export and not the other, up and destroy", async () => {
  const stack = await place.stack();
  const [one, two] = [place.directory(), place.directory()];
  const both = (more: object) => async () => {
    await place.program({ exportDirectory: one, ...more }, { name: "one" })();
    await place.program({ exportDirectory: two, ...more }, { name: "two" })();
  };
  const first = await stack.up(both({}));
  expect(first.ok).toBe(true);
  const up = await stack.up(both({ triggers: [1] }), { target: [urnOf(first, "one")] });
  expect(opOf(up, "one")).toContain("delete-replaced");
  expect(["same", "none"]).toContain(opOf(up, "two"));
  expect(await stack.destroy({ target: [urnOf(first, "one")] })).toMatchObject({ ok: true });
  expect([existsSync(one), existsSync(two)]).toEqual([false, true]);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});

describe("get", () => {
  it("reads an export of another stack, and never changes or deletes it", async () => {
    const [owner, reader] = [await place.stack(), await place.stack()];
    const exportDirectory = place.directory();
    await owner.up(place.program({ exportDirectory }));
    const { id } = owner.resource();
    const program = async () => {
      const found = ReferencePointExport.get("found", id, { host: place.host, exportDirectory });
      return { files: found.files.apply((files) => files.length), point: found.referencePointId, status: found.status };
    };
    expect(await reader.up(program)).toMatchObject({ ok: true });
    expect(await reader.outputs()).toEqual({ files: 5, point: points.sql01[1], status: "intact" });
    expect(opOf(await reader.up(program), "found")).not.toContain("update");
    expect(await reader.destroy()).toMatchObject({ ok: true });
    expect(await owner.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
  });

  it("of nothing, or of another id, is an error", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = async () => {
      ReferencePointExport.get("found", "0b5e0000-0000-4000-8000-000000000000", { host: place.host, exportDirectory });
    };
    expect(await stack.up(program)).toMatchObject({ ok: false, text: expect.stringContaining("Code: export-not-found") });
    await (await place.stack()).up(place.program({ exportDirectory }));
    expect(await stack.up(program)).toMatchObject({ ok: false, text: expect.stringContaining("Code: export-not-found") });
  });
});

describe("values that are not known in a preview", () => {
  it("a differential on top of an export that is not there yet", async () => {
    const stack = await place.stack();
    const [full, since] = [place.directory(), place.directory()];
    const program = async () => {
      const defaults = { host: place.host, virtualMachine: "SQL01" };
      const first = new ReferencePointExport("full", { ...defaults, referencePoint: points.sql01[0], exportDirectory: full });
      const second = new ReferencePointExport("since", {
        ...defaults,
        referencePoint: points.sql01[1],
        baseReferencePoint: first.referencePointId,
        exportDirectory: pulumi.interpolate`${since}`,
        triggers: [first.manifestSha256, { deep: [first.exportId] }],
      });
      return { kind: second.kind };
    };
    const preview = await stack.preview(program, { diff: true });
    expect(preview.ok).toBe(true);
    expect([opOf(preview, "full"), opOf(preview, "since")]).toEqual(["create", "create"]);
    expect(existsSync(full)).toBe(false);
    expect(await stack.up(program)).toMatchObject({ ok: true });
    expect(await stack.outputs()).toEqual({ kind: "differential" });
    await place.expectRestorable([full, since], points.sql01[1]);
    expect((await stack.up(program)).steps.map(({ op }) => op)).toEqual(["same", "same"]);
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect([existsSync(full), existsSync(since)]).toEqual([false, false]);
  });

  it("a directory that only the up knows replaces the export then, not before", async () => {
    const stack = await place.stack();
    const [before, after] = [place.directory(), place.directory()];
    const program = (text: string, exportDirectory?: string) => async () => {
      const source = new Text("source", text);
      const directory = exportDirectory ?? source.text;
      await place.program({ exportDirectory: directory as string })();
    };
    await stack.up(program(before, before));
    const preview = await stack.preview(program(after));
    expect(preview.ok).toBe(true);
    expect(opOf(preview)).toBe("update");
    const up = await stack.up(program(after));
    expect(up.ok).toBe(true);
    expect([existsSync(before), existsSync(after)]).toEqual([false, true]);
  });
});

it("a host that only the up knows replaces nothing in a preview", async () => {
  const stack = await place.stack();
  const [first, second] = [place.directory(), place.directory()];
  const program = (trigger: number, isKnown: boolean) => async () => {
    const { exportId } = new ReferencePointExport("first", {
      ...{ host: place.host, virtualMachine: "SQL01", referencePoint: points.sql01[1], exportDirectory: first },
      triggers: [trigger],
    });
    const host = isKnown ? place.host : exportId.apply(() => place.host);
    await place.program({ host, exportDirectory: second, triggers: [trigger] })();
  };
  expect(await stack.up(program(1, true))).toMatchObject({ ok: true });
  expect(await stack.preview(program(2, false))).toMatchObject({ ok: true });
  expect(await stack.up(program(2, false))).toMatchObject({ ok: true });
  await place.expectRestorable([second], points.sql01[1]);
});

it("a component's export knows its own row and owner", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  const program = async () => {
    const parent = new pulumi.ComponentResource("ops:backup:Nightly", "nightly");
    await place.program({ exportDirectory }, { parent, name: "below" })();
  };
  expect(await stack.up(program)).toMatchObject({ ok: true });
  const { urn } = stack.resource("below");
  expect(urn).toContain("ops:backup:Nightly$");
  expect(JSON.parse(readFileSync(join(exportDirectory, CLAIM), "utf8")).owner.urn).toBe(urn);
});

/** A resource whose output a preview of a change does not know. */
class Text extends pulumi.dynamic.Resource {
  declare readonly text: pulumi.Output<string>;
  constructor(name: string, text: string) {
    const provider: pulumi.dynamic.ResourceProvider = {
      create: async (inputs) => ({ id: "text", outs: { text: inputs.given } }),
      update: async (_id, _olds, news) => ({ outs: { text: news.given } }),
      diff: async (_id, olds, news) => ({ changes: olds.text !== news.given }),
    };
    super(provider, name, { given: text, text: undefined });
  }
}
