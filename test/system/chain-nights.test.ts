import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { type ChainRecord, parseChainRecord } from "../../provider/domain/export-chain/chain-record";
import { byLabel, lineOf } from "../../provider/domain/export-chain/generation/generation";
import { CHAIN_FILE } from "../../provider/domain/records/record-names";
import { countFrom } from "../support/environment";
import { kill, killKinds } from "./kill-kinds";
import { NightlyStack } from "./nightly-stack";
import { killSeed } from "./plan";

/** Each takes about half a minute. HYPERV_CHAIN_NIGHTS sets another number. */
const NIGHTS = countFrom("HYPERV_CHAIN_NIGHTS", 5);
/** When an up has its work done, about, in milliseconds. */
const SPAN = 5500;

const program = (host: string) => `
const { ExportChain, Host } = require("pulumi-hyperv-reference-point");
new ExportChain("sql01", {
  host: ${host}, virtualMachine: "SQL01", directory: process.env.NIGHT_EXPORTS + "/sql01",
  via: "referencePoint", generation: process.env.NIGHT_LABEL, fullEvery: 2, keep: { last: 2 },
});
`;

function recordOf(directory: string): ChainRecord | undefined {
  const file = join(directory, CHAIN_FILE);
  if (!existsSync(file)) return undefined;
  const parsed = parseChainRecord(readFileSync(file, "utf8"));
  return parsed.ok ? parsed.value : expect.fail(parsed.reason);
}

/** Disks at each point, as long as it is there. */
type Content = Map<string, Readonly<Record<string, string>>>;

async function remember({ lab }: NightlyStack, content: Content): Promise<string[]> {
  const machine = (await lab.describe()).virtualMachines.find(({ name }) => name === "SQL01");
  for (const { id } of machine?.referencePoints ?? []) {
    if (content.has(id)) continue;
    const sums: Record<string, string> = {};
    for (const { name } of machine?.disks ?? [])
      sums[name] = await lab.diskSha256({ virtualMachine: "SQL01", disk: name, referencePoint: id });
    content.set(id, sums);
  }
  return machine?.referencePoints.map(({ id }) => id) ?? [];
}

async function expectRestorable(stack: NightlyStack, record: ChainRecord | undefined, content: Content): Promise<void> {
  const generations = record?.generations ?? [];
  for (const generation of generations) {
    const line = lineOf(generation, byLabel(generations)) ?? expect.fail(`${generation.label} lacks its base`);
    const into = join(stack.exports, "..", "restored");
    const { disks } = await stack.lab.restore({ exports: line.reverse().map(({ label }) => stack.directory(join("sql01", label))), into });
    for (const { name, sha256 } of disks)
      expect(sha256, `${generation.label}: ${name}`).toBe(content.get(generation.referencePointId)?.[name]);
    rmSync(into, { recursive: true });
  }
}

test("nights of the real CLI, each killed at some moment: all that is listed can be restored, at once and after the next up", {
  timeout: 120_000 * NIGHTS,
}, async () => {
  const stack = await NightlyStack.open(undefined, { program });
  const content: Content = new Map();
  try {
    const foreign = await remember(stack, content);
    let seed = [...killSeed].reduce((sum, letter) => sum + letter.charCodeAt(0), 7);
    for (let night = 1; night <= NIGHTS; night++) {
      await stack.lab.writeToDisk({ virtualMachine: "SQL01", disk: "SQL01-data.vhdx", offset: night * 4096, bytes: 4000, seed: night });
      stack.setEnvironment("NIGHT_LABEL", `n${night}`);
      const { cli, ended } = stack.start("up");
      seed = (seed * 48271) % 2147483647;
      await sleep(300 + (seed % SPAN));
      await kill(killKinds[night % killKinds.length] ?? "cli", cli, ended, stack.environmentText);
      await remember(stack, content);
      await expectRestorable(stack, recordOf(stack.directory("sql01")), content);

      await stack.recover();
      const up = await stack.run("up", "--skip-preview");
      expect(up.ok, up.text).toBe(true);
      const points = await remember(stack, content);
      const record = recordOf(stack.directory("sql01"));
      await expectRestorable(stack, record, content);
      expect(record?.generations.at(-1)?.label).toBe(`n${night}`);
      expect(points).toEqual([...foreign, record?.generations.at(-1)?.referencePointId]);
      const labels = record?.generations.map(({ label }) => label) ?? [];
      expect(readdirSync(stack.directory("sql01")).sort()).toEqual([CHAIN_FILE, ...labels].sort());
      const again = await stack.run("up", "--skip-preview", "--expect-no-changes");
      expect(again.ok, again.text).toBe(true);
    }
    expect((await stack.run("destroy", "--skip-preview")).ok).toBe(true);
    expect([readdirSync(stack.exports), await remember(stack, content)]).toEqual([[], foreign]);
  } finally {
    await stack.close();
  }
});
