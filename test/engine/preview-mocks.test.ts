import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host, ReferencePointExport } from "pulumi-hyperv-reference-point";
import { afterAll, expect, it } from "vitest";

const scratch = mkdtempSync(join(tmpdir(), "hyperv-mocks-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it("a preview under mocks asks no host, also where a mock gives no id", async () => {
  const trace = join(scratch, "trace.jsonl");
  process.env.HYPERV_TRACE = trace;
  const mocks = { newResource: ({ inputs }: pulumi.runtime.MockResourceArgs) => ({ id: undefined, state: inputs }), call: () => ({}) };
  await pulumi.runtime.setMocks(mocks, "project", "stack", true);
  const { urn } = new ReferencePointExport("export", {
    host: Host.simulator({ directory: join(scratch, "lab") }),
    virtualMachine: "no such machine",
    exportDirectory: join(scratch, "export"),
  });
  await new Promise((resolve) => urn.apply(resolve));
  // What a look ahead would need until it has asked.
  await new Promise((resolve) => setTimeout(resolve, 500));
  delete process.env.HYPERV_TRACE;
  expect(existsSync(trace)).toBe(false);
});
