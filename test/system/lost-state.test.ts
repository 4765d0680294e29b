import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Simulator } from "pulumi-hyperv-reference-point/simulator";
import { expect, it } from "vitest";
import { runExample } from "../examples/run-example";

// The words and steps of docs/after-a-crash.md.
it("an empty attrs file is removed, and a lost state cured by an up, without another export", { timeout: 300_000 }, async () => {
  await runExample("examples/quickstart", async (example) => {
    const backend = join(example.directory, "backend");
    const below = (end: string) =>
      (readdirSync(backend, { recursive: true, encoding: "utf8" }) as string[])
        .filter((path) => path.endsWith(end))
        .map((path) => join(backend, path));
    const [state = ""] = below(".json").filter((path) => path.includes(join(".pulumi", "stacks")));
    await example.pulumi("config", "set", "directory", example.directory);
    await example.pulumi("up", "--yes", "--skip-preview");
    const before = await example.outputs();

    writeFileSync(`${state}.attrs`, "");
    await expect(example.pulumi("up", "--yes", "--skip-preview")).rejects.toThrow("failed to load checkpoint: EOF");
    const empty = below(".attrs").filter((path) => statSync(path).size === 0);
    expect(empty).toEqual([`${state}.attrs`]);
    for (const path of empty) rmSync(path);
    await example.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");

    writeFileSync(state, "");
    await expect(example.pulumi("up", "--yes", "--skip-preview")).rejects.toThrow("unexpected end of JSON input");
    for (const end of ["", ".attrs", ".bak", ".bak.attrs"]) rmSync(state + end, { force: true });
    await example.pulumi("stack", "init");
    await example.pulumi("up", "--yes", "--skip-preview");
    expect(await example.outputs()).toEqual(before);
    const calls = await (await Simulator.open(join(example.directory, "host"))).calls();
    expect(calls.filter(({ method }) => method === "ExportReferencePoint")).toHaveLength(1);

    await example.pulumi("destroy", "--yes", "--skip-preview");
    expect(existsSync(join(example.directory, "exports", "web01"))).toBe(false);
  });
});
