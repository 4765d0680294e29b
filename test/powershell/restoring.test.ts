import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repository } from "../../tools/set-up/repository.mjs";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { powerShellProgram } from "../support/powershell-program";
import { Session } from "../support/session";

const labels = ["2026-11-26", "2026-11-27", "2026-11-28"] as const;

const page = readFileSync(join(repository, "docs", "restore.md"), "utf8");
const blocks = [...page.matchAll(/```powershell\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const [list = "", findLine = "", findByPoints = "", check = "", copy = "", setParents = "", merge = ""] = blocks;
const onLinux = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

/** The two cmdlets that need Hyper-V: they say what they were asked for. */
const standIns = `
function Set-VHD($Path, $ParentPath) { "$Path on $ParentPath" }
function Merge-VHD($Path, $DestinationPath) { "merge $Path into $DestinationPath" }
`;

let place: ChainScene;

beforeAll(async () => {
  place = await ChainScene.open();
  const engine = new ChainEngine();
  for (const generation of labels) {
    await place.work();
    const session = new Session(place.scene);
    await engine.up(session, place.inputs({ generation }));
    await session.close();
  }
});

afterAll(() => place.close());

/** The page's commands on our chain: what they print, line by line. */
function run(...commands: string[]): string[] {
  const script = [standIns, ...commands]
    .join("\n")
    .replaceAll("'E:\\copied\\sql01'", `'${place.directory}'`)
    .replaceAll("'E:\\copied'", `'${place.directory}'`)
    .replaceAll("'E:\\restore\\sql01'", `'${place.scene.at("restored")}'`);
  const file = place.scene.at("restore.ps1");
  writeFileSync(file, `$ErrorActionPreference = 'Stop'\nif ($PSStyle) { $PSStyle.OutputRendering = 'PlainText' }\n${script}`);
  const shellArguments = ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", file];
  const { status, stdout, stderr } = spawnSync(powerShellProgram(), shellArguments, { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.split(/\r?\n/).filter((line) => line.trim() !== "");
}

const lineIn = (chain: string) => `$line = @(${labels.map((label) => `'${join(chain, label)}'`).join(", ")})`;
const disk = (folder: string, name: string) => join(folder, "Virtual Hard Disks", name);

/** A copy of the chain with one disk altered and another one missing. */
function damagedCopy(name: string): string {
  const damaged = place.scene.at(name);
  cpSync(place.directory, damaged, { recursive: true });
  appendFileSync(disk(join(damaged, "2026-11-27"), "data.avhdx"), "x");
  rmSync(disk(join(damaged, "2026-11-28"), "system.avhdx"));
  return damaged;
}

it("the commands list what a chain holds, and the line of a generation", () => {
  expect(run(list).filter((line) => labels.some((label) => line.startsWith(label)))).toHaveLength(labels.length);
  expect(run(list.replace(/^.*Format-Table.*$/m, ""), findLine)).toEqual(labels.map((label) => join(place.directory, label)));
});

it("the manifests tell the line without the record", () => {
  const tell = `$exports | Sort-Object Completed | ForEach-Object { "told $($_.Directory) $($_.Point) $($_.Base)" }`;
  const found = run(findByPoints, tell).flatMap((line) => (line.startsWith("told ") ? [line.split(" ").slice(1)] : []));
  expect(found.map(([directory]) => directory)).toEqual(labels.map((label) => join(place.directory, label)));
  expect(found.map(([, , base]) => base)).toEqual(["", ...found.slice(0, -1).map(([, point]) => point)]);
});

it("the check prints nothing of a whole line, and what is altered or missing of another", () => {
  expect(run(lineIn(place.directory), check)).toEqual([]);
  const damaged = damagedCopy("damaged");
  expect(run(lineIn(damaged), check)).toEqual([
    `altered: ${disk(join(damaged, "2026-11-27"), "data.avhdx")}`,
    `missing: ${disk(join(damaged, "2026-11-28"), "system.avhdx")}`,
  ]);
});

const hasJq = spawnSync("jq", ["--version"]).status === 0;

it.skipIf(process.platform === "win32" || (!hasJq && process.env.CI !== "true"))("so does the check on Linux (needs jq)", () => {
  const damaged = damagedCopy("damaged-too");
  const statusIn = (directory: string) => spawnSync("sh", ["-c", onLinux], { cwd: directory }).status;
  expect(labels.map((label) => statusIn(join(place.directory, label)))).toEqual([0, 0, 0]);
  expect(labels.map((label) => statusIn(join(damaged, label)))).toEqual([0, 1, 1]);
});

it("the disks are joined on copies, each difference with the one before it", () => {
  const copies = ["000", "001", "002"].map((name) => join(place.scene.at("restored"), name));
  const [full = "", first = "", second = ""] = copies;
  expect(run(lineIn(place.directory), copy, setParents, merge)).toEqual([
    `${disk(first, "data.avhdx")} on ${disk(full, "data.vhdx")}`,
    `${disk(first, "system.avhdx")} on ${disk(full, "system.vhdx")}`,
    `${disk(second, "data.avhdx")} on ${disk(first, "data.avhdx")}`,
    `${disk(second, "system.avhdx")} on ${disk(first, "system.avhdx")}`,
    `merge ${disk(second, "data.avhdx")} into ${disk(full, "data.vhdx")}`,
    disk(full, "data.vhdx"),
    `merge ${disk(second, "system.avhdx")} into ${disk(full, "system.vhdx")}`,
    disk(full, "system.vhdx"),
  ]);
  expect(existsSync(disk(second, "data.avhdx"))).toBe(true);
});
