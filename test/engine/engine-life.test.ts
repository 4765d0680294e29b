import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportChainText, referencePointExportText, referencePointText } from "../../provider/resources/provider-text";
import { Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

it("the text in every state is the one that was published", () => {
  // Read and delete run it from states that are years old. A failure here: put the old text back and add another.
  expect(referencePointExportText).toBe(
    "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-hyperv-reference-point/provider').referencePointExport",
  );
  expect(referencePointText).toBe(
    "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-hyperv-reference-point/provider').referencePoint",
  );
  expect(exportChainText).toBe(
    "exports.handler=()=>require('module').createRequire(process.cwd()+'/')('pulumi-hyperv-reference-point/provider').exportChain",
  );
});

it("progress is live on the resource's own row, at most once a second, and nothing of it stays", async () => {
  const stack = await place.stack();
  await place.lab.configure({ bytesPerSecond: 2_000_000 });
  const up = await stack.up(place.program({ exportDirectory: place.directory() }));
  await place.lab.configure({ bytesPerSecond: "unlimited" });
  expect(up.ok).toBe(true);
  const progress = up.messages.filter(({ text }) => text.startsWith("exporting "));
  expect(progress.length).toBeGreaterThanOrEqual(2);
  expect(progress.length).toBeLessThanOrEqual(6);
  for (const { ephemeral, urn } of progress) expect([ephemeral, urn]).toEqual([true, stack.resource().urn]);
  const percents = progress.map(({ text }) => Number(/^exporting (\d+) %/.exec(text)?.[1]));
  expect(percents).toEqual([...percents].sort((a, b) => a - b));
  const gaps = progress.slice(1).map(({ at }, index) => at - (progress[index]?.at ?? 0));
  // Arrivals, not departures: a busy machine moves them.
  for (const gap of gaps) expect(gap).toBeGreaterThan(700);
  expect(up.messages.filter(({ ephemeral }) => !ephemeral)).toEqual([]);
  expect(up.text).not.toContain("Diagnostics:");
});

describe("an ordinary life", () => {
  it("keeps a small state and leaves no process, and no command waits for one", async () => {
    const stack = await place.stack();
    const program = place.program({ exportDirectory: place.directory() });
    const runs = [await stack.up(program), await stack.refresh({ expectNoChanges: true })];
    expect(stack.resource().outputs.files).toHaveLength(5);
    // The state is written anew at every step of an up.
    const [kept] = stack.keptResources();
    expect(JSON.stringify([kept?.inputs, kept?.outputs]).length).toBeLessThanOrEqual(1850);
    runs.push(await stack.preview(program), await stack.destroy());
    for (const run of runs) {
      expect(run).toMatchObject({ ok: true });
      expect(run.messages.filter(({ ephemeral }) => !ephemeral)).toEqual([]);
    }
    // For a provider that stays, every command would wait five seconds; on a busy machine one may take long to go.
    expect(Math.min(...runs.map(({ msToEnd }) => msToEnd))).toBeLessThan(1000);
    expect(processesOf(place.scratch)).toEqual([]);
  });
});

/** Processes that were started with this folder in their environment, as the CLI and all below it were. */
function processesOf(folder: string): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/environ`, "utf8").includes(`PULUMI_HOME=${folder}`)) return [];
      return [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")];
    } catch {
      return [];
    }
  });
}
