import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { runExample } from "../examples/run-example";
import { installNode } from "./install-node";

// The Node.js that runs the tests is one; these are the other two that package.json allows.
describe("the quickstart", () => {
  it.each(["22.23.3", "24.21.0"])("lives on Node.js %s", { timeout: 300_000 }, async (version) => {
    const bin = await installNode(version);
    const env = { PATH: [bin, process.env.PATH].join(delimiter) };
    expect(spawnSync("node", ["--version"], { env: { ...process.env, ...env }, encoding: "utf8" }).stdout.trim()).toBe(`v${version}`);
    await runExample(
      "examples/quickstart",
      async (example) => {
        await example.pulumi("config", "set", "directory", example.directory);
        await example.pulumi("up", "--yes", "--skip-preview");
        expect(await example.outputs()).toMatchObject({ status: "intact" });
        await example.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
        await example.pulumi("destroy", "--yes", "--skip-preview");
        expect(existsSync(join(example.directory, "exports", "web01"))).toBe(false);
      },
      env,
    );
  });
});
