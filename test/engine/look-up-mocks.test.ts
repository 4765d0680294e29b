import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  checkHost,
  checkHostOutput,
  getReferencePoints,
  getReferencePointsOutput,
  getVirtualMachines,
  getVirtualMachinesOutput,
  Host,
} from "pulumi-hyperv-reference-point";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

const scratch = mkdtempSync(join(tmpdir(), "hyperv-look-up-mocks-"));
const host = Host.simulator({ directory: join(scratch, "lab") });
const trace = join(scratch, "trace.jsonl");
const calls: pulumi.runtime.MockCallArgs[] = [];
beforeEach(async () => {
  calls.length = 0;
  process.env.HYPERV_TRACE = trace;
  await pulumi.runtime.setMocks({
    newResource: ({ inputs }) => ({ id: "id", state: inputs }),
    call: (args) => {
      calls.push(args);
      if (args.inputs.name === "refused") throw new Error("the mock refuses");
      return { virtualMachines: [{ id: "guid", name: "MOCKED", disks: [] }], referencePoints: [], ok: true };
    },
  });
});
afterAll(() => {
  delete process.env.HYPERV_TRACE;
  rmSync(scratch, { recursive: true });
});

const settled = <T>(output: pulumi.Output<T>) => (output as unknown as { promise(): Promise<T> }).promise();

describe("under mocks a look-up is a call of the mocks, and asks no host", () => {
  it.each<[string, () => Promise<unknown>, object]>([
    ["getVirtualMachines", () => getVirtualMachines({ host, name: "SQL*" }), { host, name: "SQL*" }],
    ["getReferencePoints", () => getReferencePoints({ host, virtualMachine: "SQL01" }), { host, virtualMachine: "SQL01" }],
    ["checkHost", () => checkHost({ host, directories: ["/srv"] }), { host, directories: ["/srv"] }],
    ["getVirtualMachines", () => settled(getVirtualMachinesOutput({ host: pulumi.output(host) })), { host }],
    [
      "getReferencePoints",
      () => settled(getReferencePointsOutput({ host, virtualMachine: pulumi.output("SQL01") })),
      { host, virtualMachine: "SQL01" },
    ],
    ["checkHost", () => settled(checkHostOutput({ host, timeout: undefined })), { host }],
  ])("%s", async (name, ask, inputs) => {
    expect(await ask()).toMatchObject({ ok: true, virtualMachines: [{ name: "MOCKED" }] });
    expect(calls).toEqual([{ token: `pulumi-hyperv-reference-point:index:${name}`, inputs, provider: "" }]);
    expect(existsSync(trace)).toBe(false);
  });

  it("a secret argument makes the output secret, and what the mock refuses fails", async () => {
    const found = getVirtualMachinesOutput({ host, name: pulumi.secret("SQL01") });
    expect(await pulumi.isSecret(found)).toBe(true);
    expect(await pulumi.isSecret(getVirtualMachinesOutput({ host, name: "SQL01" }))).toBe(false);
    // The SDK drops what the mock has said.
    await expect(getVirtualMachines({ host, name: "refused" })).rejects.toThrow();
  });

  it("the host of the configuration is given to the mock", async () => {
    pulumi.runtime.setAllConfig({ "hyperv:host": JSON.stringify(host) });
    await getVirtualMachines();
    pulumi.runtime.setAllConfig({});
    expect(calls.map(({ inputs }) => inputs)).toEqual([{ host }]);
  });
});

it.each<[string, unknown]>([
  ["a text", "SQL01"],
  ["nothing at all", null],
  ["an output", pulumi.output({ host })],
])("%s instead of arguments is refused with the form that is meant", async (_, args) => {
  await expect(getReferencePoints(args as never)).rejects.toThrow(/getReferencePoints\(\{ … \}\)/);
  expect(() => getVirtualMachinesOutput(args as never)).toThrow(/Code: invalid-arguments/);
  expect(calls).toEqual([]);
});
