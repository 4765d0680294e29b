import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { opOf, type Run, type TestStack } from "./test-stack";
import { filesIn, points, Workplace } from "./workplace";

const HUSH = "hush-4711";

let place: Workplace;
let secretLab: Simulator;
beforeAll(async () => {
  place = await Workplace.open();
  secretLab = await Simulator.open(join(place.scratch, `lab-${HUSH}`));
  await secretLab.configure({ bytesPerSecond: "unlimited", jobStartDelay: 0 });
  await secretLab.addVirtualMachine({ name: `VM-${HUSH}`, disks: [{ name: `disk-${HUSH}.vhdx`, bytes: 65536 }] });
  await secretLab.addReferencePoint({ virtualMachine: `VM-${HUSH}`, kind: "rct" });
  mkdirSync(join(place.scratch, `dir-${HUSH}`));
});
afterAll(() => place.close());

/** Neither the terminal nor the event stream may show it, in any case. */
function expectSilence(run: Run): void {
  expect(run.text.toLowerCase()).not.toContain(HUSH);
  expect(JSON.stringify([run.messages, run.steps]).toLowerCase()).not.toContain(HUSH);
}

describe("secret arguments", () => {
  let stack: TestStack;
  const directory = () => join(place.scratch, `dir-${HUSH}`, "export");
  const secret = (more: Partial<ReferencePointExportArgs> = {}) =>
    place.program({
      host: pulumi.secret({ kind: "simulator" as const, directory: secretLab.directory }),
      virtualMachine: pulumi.secret(`VM-${HUSH}`),
      referencePoint: undefined as never,
      disksToExport: pulumi.secret([`disk-${HUSH}.vhdx`]),
      exportDirectory: pulumi.secret(directory()),
      ...more,
    });

  beforeAll(async () => {
    stack = await place.stack();
  });
  afterEach(() => secretLab.clearFaults());

  it("are not shown by a failed check", async () => {
    const run = await stack.up(
      secret({ exportDirectory: pulumi.secret(`relative/${HUSH}`), virtualMachine: pulumi.secret(HUSH.repeat(200)) }),
    );
    expect(run.ok).toBe(false);
    expect(run.text).toContain("(exportDirectory): ");
    expect(run.text).toContain("(virtualMachine): ");
    expectSilence(run);
  });

  it("are not shown by a create that fails before or after the claim", async () => {
    for (const [wrong, code] of [
      [{ virtualMachine: pulumi.secret(`no-${HUSH}`) }, "virtual-machine-not-found"],
      [{ disksToExport: pulumi.secret([`no-${HUSH}.vhdx`]) }, "disk-not-found"],
      [{ disksToExport: [pulumi.secret(`no-${HUSH}.vhdx`)] }, "disk-not-found"],
    ] satisfies [Partial<ReferencePointExportArgs>, string][]) {
      for (const unknown of [await stack.preview(secret(wrong)), await stack.up(secret(wrong))]) {
        expect(unknown.text).toContain(`Code: ${code}`);
        expectSilence(unknown);
      }
    }
    await secretLab.setFaults([{ fault: "jobFails", count: 1, errorDescription: `could not write ${directory()}` }]);
    const failed = await stack.up(secret());
    expect(failed.text).toContain("Code: job-failed");
    expectSilence(failed);
  });

  it("are not shown by a create that works, a refresh, a refusal or a failed destroy; nor kept in plain", async () => {
    const up = await stack.up(secret(), { diff: true });
    expect(up.ok).toBe(true);
    expectSilence(up);
    const { inputs, outputs } = stack.resource();
    for (const name of [`VM-${HUSH}`, `dir-${HUSH}`, `lab-${HUSH}`]) expect(stack.stateText()).not.toContain(name);
    for (const name of ["host", "virtualMachine", "exportDirectory"]) {
      expect(JSON.stringify([inputs[name], outputs[name]])).not.toContain(HUSH);
      expect(inputs[name]).toHaveProperty("ciphertext");
      expect(outputs[name]).toHaveProperty("ciphertext");
    }
    await secretLab.setFaults([{ fault: "volumeMissing", path: directory() }]);
    for (const run of [await stack.refresh(), await stack.destroy()]) {
      expect(run.text).toContain("Code: volume-missing");
      expectSilence(run);
    }
    await secretLab.clearFaults();
    const other = await place.stack();
    const refused = await other.up(secret());
    expect(refused.text).toContain("Code: directory-owned-by-another");
    expectSilence(refused);
  });

  it("have no plain copy in the state: of names, paths and damage, after an up, a refresh and a repair", async () => {
    const own = await place.stack();
    const exportDirectory = place.directory();
    const program = place.program({
      host: { kind: "simulator", directory: secretLab.directory },
      virtualMachine: pulumi.secret(`VM-${HUSH}`),
      referencePoint: undefined as never,
      disksToExport: pulumi.secret([`disk-${HUSH}.vhdx`]),
      exportDirectory,
      verification: { level: "content" },
    });
    const plainName = () => own.stateText().toLowerCase().replaceAll(secretLab.directory.toLowerCase(), "");
    expect(await own.up(program)).toMatchObject({ ok: true });
    expect(plainName()).not.toContain(HUSH);
    const disk = filesIn(exportDirectory)?.find((path) => path.endsWith(".vhdx")) as string;
    writeFileSync(join(exportDirectory, disk), Buffer.alloc(statSync(join(exportDirectory, disk)).size));
    const refresh = await own.refresh();
    expect(refresh.text.toLowerCase()).not.toContain(HUSH);
    expect(own.keptResources()[0]?.outputs.result).toMatchObject({ status: "damaged" });
    expect(plainName()).not.toContain(HUSH);
    expect(await own.up(program)).toMatchObject({ ok: true });
    expect(own.keptResources()[0]?.outputs.result).toMatchObject({
      status: "intact",
      virtualMachineName: { ciphertext: expect.anything() },
    });
    expect(plainName()).not.toContain(HUSH);
    expect(await own.outputs()).toMatchObject({ status: "intact" });
    expect(await own.destroy()).toMatchObject({ ok: true });
  });

  it("leave a message readable where the host is secret as a whole", async () => {
    await secretLab.setFaults([{ fault: "hostUnreachable" }]);
    const run = await (await place.stack()).up(
      place.program({
        host: pulumi.output({ kind: "simulator" as const, directory: pulumi.secret(secretLab.directory) }),
        exportDirectory: place.directory(),
      }),
    );
    // The live line is shown only where it lasts; the error always is.
    expect(run.text).toContain("The simulated host does not answer");
    expect(run.text).not.toContain("the [secret] in");
    expectSilence(run);
  });

  it("are not shown by a warning", async () => {
    writeFileSync(join(directory(), "foreign.txt"), "mine");
    const destroy = await stack.destroy();
    expect(destroy.ok).toBe(true);
    expect(destroy.text).toContain("foreign.txt");
    expectSilence(destroy);
    expect(filesIn(directory())).toEqual(["foreign.txt"]);
  });
});

describe("the host from the stack's configuration hyperv:host", () => {
  const program = (exportDirectory: string) =>
    place.program({ host: undefined as never, virtualMachine: "WEB01", referencePoint: points.web01, exportDirectory });

  it("given in plain is where the export goes", async () => {
    const stack = await place.stack({ "hyperv:host": { value: JSON.stringify(place.host) } });
    const directory = place.directory();
    expect(await stack.up(program(directory))).toMatchObject({ ok: true });
    expect(stack.resource().inputs.host).toEqual(place.host);
    expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(filesIn(directory)).toBeUndefined();
  });

  it("given as a secret stays one, in the state, too", async () => {
    const stack = await place.stack({
      "hyperv:host": { value: JSON.stringify({ kind: "simulator", directory: secretLab.directory }), secret: true },
    });
    const directory = place.directory();
    const up = await stack.up(program(directory));
    expect(up.ok).toBe(true);
    expectSilence(up);
    expect(stack.stateText()).not.toContain(HUSH);
    expect(opOf(await stack.up(program(directory)))).toBe("same");
    await secretLab.setFaults([{ fault: "hostUnreachable" }]);
    const refresh = await stack.refresh();
    expect(refresh.text).toContain("Code: host-unreachable");
    expectSilence(refresh);
    await secretLab.clearFaults();
    expect(await stack.destroy()).toMatchObject({ ok: true });
  });

  it("left out everywhere is an error that says where to give it", async () => {
    const run = await (await place.stack()).up(program(place.directory()));
    expect(run.ok).toBe(false);
    expect(run.text).toContain("(host): it is missing");
    expect(run.text).toContain("hyperv:host");
  });
});
