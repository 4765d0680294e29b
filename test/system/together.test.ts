import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { declared, NightlyStack } from "./nightly-stack";

describe("two stacks at once, with the real CLI", () => {
  it("lets exactly one have a directory and refuses the other, naming the owner", async () => {
    const one = await NightlyStack.open();
    const other = await NightlyStack.open(one, { sameDirectories: true });
    try {
      const runs = await Promise.all([one.run("up", "--skip-preview"), other.run("up", "--skip-preview")]);
      const refusals = runs.flatMap(({ text }) => [...new Set(text.match(/belongs to resource "\w+" of stack "[\w/-]+"/g) ?? [])]);
      expect(refusals, runs.map(({ text }) => text).join("\n")).toHaveLength(declared.length);
      expect(await successes(one)).toHaveLength(declared.length);
      for (const stack of [one, other]) expect((await stack.run("destroy", "--skip-preview")).ok).toBe(true);
      expect(readdirSync(one.exports)).toEqual([]);
    } finally {
      await other.close();
      await one.close();
    }
  }, 120_000);

  it("lets both export one machine, one after the other", async () => {
    const one = await NightlyStack.open();
    const other = await NightlyStack.open(one);
    try {
      const runs = await Promise.all([one.run("up", "--skip-preview"), other.run("up", "--skip-preview")]);
      for (const { ok, text } of runs) expect(ok, text).toBe(true);
      expect(await successes(one)).toHaveLength(2 * declared.length);
      for (const stack of [one, other]) {
        const exports = ["full", "differential"].map((name) => stack.directory(name));
        const { disks } = await stack.lab.restore({ exports, into: `${stack.exports}/../restored` });
        expect(disks).toHaveLength(2);
      }
    } finally {
      await other.close();
      await one.close();
    }
  }, 120_000);

  it("adopts the job that an orphaned run left", async () => {
    const stack = await NightlyStack.open();
    try {
      await stack.lab.configure({ bytesPerSecond: 1024 * 1024 });
      const { cli, ended } = stack.start("up");
      while ((await stack.lab.describe()).jobs.length === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      cli.kill("SIGKILL");
      await ended;
      await stack.recover();
      const { ok, text } = await stack.run("up", "--skip-preview");
      expect(ok, text).toBe(true);
      expect(await successes(stack)).toHaveLength(declared.length);
    } finally {
      await stack.close();
    }
  }, 120_000);
});

async function successes(stack: NightlyStack): Promise<unknown[]> {
  return (await stack.lab.calls()).filter((call) => call.method === "ExportReferencePoint" && call.returnCode <= 4096);
}
