import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import type { Manifest } from "../../provider/domain/records/manifest";
import { MANIFEST_FILE } from "../../provider/domain/records/record-names";
import type { RestoreFacts } from "../../provider/domain/records/restore-facts";
import { repository } from "../../tools/set-up/repository.mjs";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { powerShellProgram } from "../support/powershell-program";
import { editManifest } from "../support/records";
import { Session } from "../support/session";

const labels = ["2026-11-26", "2026-11-27", "2026-11-28"] as const;

const page = readFileSync(path.join(repository, "docs", "restore.md"), "utf8");
const blocks = [...page.matchAll(/```powershell\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const [list = "", findLine = "", listManifests = "", findByManifests = "", check = "", copy = "", join = "", compare = ""] = blocks;
const onLinux = /```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

/** The cmdlets that need Hyper-V: they say what they were asked for. */
const standIns = `
function Set-VHD($Path, $ParentPath) { "$Path on $ParentPath" }
function Merge-VHD($Path, $DestinationPath) { "merge $Path into $DestinationPath" }
function Compare-VM($Path, [switch]$Copy, [switch]$GenerateNewId, $VirtualMachinePath, $VhdDestinationPath) {
  [pscustomobject]@{ Path = $Path; Incompatibilities = @() }
}
`;

let place: ChainScene;

/** A chain of as many nights as there are labels: a full generation, then differences. */
async function chainVia(via: ChainInputs["via"]): Promise<ChainScene> {
  const made = await ChainScene.open({}, via);
  const engine = new ChainEngine();
  for (const generation of labels) {
    await made.work();
    const session = new Session(made.scene);
    await engine.up(session, made.inputs({ generation }));
    await session.close();
  }
  return made;
}

beforeAll(async () => {
  place = await chainVia("referencePoint");
});

afterAll(() => place.close());

/** The page's commands on our chain: what they print, line by line. */
const run = (...commands: string[]) => tried(place.directory, ...commands).printed;

/** The page's commands on copied exports: what they print, and why they stop, without its spaces. */
function tried(copied: string, ...commands: string[]): { readonly printed: string[]; readonly error: string } {
  const into = place.scene.at("restored");
  rmSync(into, { recursive: true, force: true });
  const script = [standIns, ...commands]
    .join("\n")
    .replaceAll(/'E:\\copied\\sql01\\(.*?)'/g, (_, label: string) => `'${path.join(copied, label)}'`)
    .replaceAll("'E:\\copied\\sql01'", `'${copied}'`)
    .replaceAll("'E:\\copied'", `'${copied}'`)
    .replaceAll("'E:\\restore\\sql01'", `'${into}'`);
  const file = place.scene.at("restore.ps1");
  writeFileSync(file, `$ErrorActionPreference = 'Stop'\nif ($PSStyle) { $PSStyle.OutputRendering = 'PlainText' }\n${script}`);
  const shellArguments = ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", file];
  const { status, stdout, stderr } = spawnSync(powerShellProgram(), shellArguments, { encoding: "utf8" });
  expect(status === 0).toBe(stderr === "");
  return {
    printed: stdout.split(/\r?\n/).filter((line) => line.trim() !== ""),
    // Each version of PowerShell breaks its message into lines in its own way.
    error: stderr.replace(/[\s|]+/g, ""),
  };
}

const lineIn = (chain: string) => `$line = @(${labels.map((label) => `'${path.join(chain, label)}'`).join(", ")})`;
const disk = (folder: string, name: string) => path.join(folder, "Virtual Hard Disks", name);

/** A copy of the chain with one disk altered and another one missing. */
function damagedCopy(name: string): string {
  const damaged = place.scene.at(name);
  cpSync(place.directory, damaged, { recursive: true });
  appendFileSync(disk(path.join(damaged, "2026-11-27"), "data.avhdx"), "x");
  rmSync(disk(path.join(damaged, "2026-11-28"), "system.avhdx"));
  return damaged;
}

it("the commands list what a chain holds, and the line of a generation", () => {
  expect(run(list).filter((line) => labels.some((label) => line.startsWith(label)))).toHaveLength(labels.length);
  expect(run(list.replace(/^.*Format-Table.*$/m, ""), findLine)).toEqual(labels.map((label) => path.join(place.directory, label)));
});

it.each(["referencePoint", "checkpoint"] as const)(
  "the manifests tell a line without the record, under any name, via a %s",
  async (via) => {
    const chain = via === "checkpoint" ? await chainVia(via) : place;
    const names = ["c", "a", "2026-11-28"];
    const copied = place.scene.at(`without-record-${via}`);
    for (const [index, label] of labels.entries())
      cpSync(path.join(chain.directory, label), path.join(copied, names[index] ?? ""), { recursive: true });
    const line = names.map((name) => path.join(copied, name));
    const tell = '$exports | ForEach-Object { "told $($_.Directory) $($_.Position)" }';
    const { printed, error } = tried(copied, listManifests, tell, findByManifests, check);
    expect(error).toBe("");
    expect(printed.filter((text) => text.startsWith("told ")).sort()).toEqual(
      line.map((directory, index) => `told ${directory} ${index + 1}`).sort(),
    );
    expect(printed.filter((text) => line.includes(text))).toEqual(line);
    expect(printed.filter((text) => text.startsWith("altered"))).toEqual([]);
    if (chain !== place) chain.close();
  },
);

it("a line that lacks an export is refused", () => {
  const lacking = place.scene.at("lacking");
  cpSync(path.join(place.directory, labels[2]), path.join(lacking, labels[2]), { recursive: true });
  expect(tried(lacking, listManifests, findByManifests).error).toMatch(/2026-11-28continuesMicrosoft:[0-9A-F-]+,which0directorieshold/);
});

it("the check prints nothing of a whole line, and what is altered or missing of another", () => {
  expect(run(lineIn(place.directory), check)).toEqual([]);
  const damaged = damagedCopy("damaged");
  editManifest(path.join(damaged, "2026-11-26"), (manifest) => ({ ...manifest, warnings: ["another one"] }));
  expect(run(lineIn(damaged), check)).toEqual([
    `altered: ${path.join(damaged, "2026-11-26", MANIFEST_FILE)}`,
    `altered: ${disk(path.join(damaged, "2026-11-27"), "data.avhdx")}`,
    `missing: ${disk(path.join(damaged, "2026-11-28"), "system.avhdx")}`,
  ]);
});

const hasJq = spawnSync("jq", ["--version"]).status === 0;

it.skipIf(process.platform === "win32" || (!hasJq && process.env.CI !== "true"))("so does the check on Linux (needs jq)", () => {
  const damaged = damagedCopy("damaged-too");
  const statusIn = (directory: string) => spawnSync("sh", ["-c", onLinux], { cwd: directory }).status;
  expect(labels.map((label) => statusIn(path.join(place.directory, label)))).toEqual([0, 0, 0]);
  expect(labels.map((label) => statusIn(path.join(damaged, label)))).toEqual([0, 1, 1]);
});

const copies = () => ["000", "001", "002"].map((name) => path.join(place.scene.at("restored"), name));

it("the disks are joined on copies, each difference with the one before it, and the last configuration is the machine's", () => {
  const tellPath = "$report.Path";
  const printed = run(lineIn(place.directory), copy, join, compare, tellPath);
  const [full = "", first = "", second = ""] = copies();
  expect(printed.slice(0, -1)).toEqual([
    `${disk(first, "data.avhdx")} on ${disk(full, "data.vhdx")}`,
    `${disk(second, "data.avhdx")} on ${disk(first, "data.avhdx")}`,
    `merge ${disk(second, "data.avhdx")} into ${disk(full, "data.vhdx")}`,
    disk(full, "data.vhdx"),
    `${disk(first, "system.avhdx")} on ${disk(full, "system.vhdx")}`,
    `${disk(second, "system.avhdx")} on ${disk(first, "system.avhdx")}`,
    `merge ${disk(second, "system.avhdx")} into ${disk(full, "system.vhdx")}`,
    disk(full, "system.vhdx"),
  ]);
  const configuration = printed.at(-1) ?? "";
  expect(path.dirname(configuration)).toBe(path.join(second, "Virtual Machines"));
  expect(existsSync(configuration)).toBe(true);
  expect(existsSync(disk(second, "data.avhdx"))).toBe(true);
});

/** A copy of the chain in which a disk's file of the second night has another name. */
function renamedCopy(name: string, told: (manifest: Manifest) => Pick<RestoreFacts, "disks">): string {
  const renamed = place.scene.at(name);
  cpSync(place.directory, renamed, { recursive: true });
  for (const label of labels) {
    const there = path.join(renamed, label);
    const isSecond = label === labels[1];
    if (isSecond) renameSync(disk(there, "data.avhdx"), disk(there, "other.avhdx"));
    editManifest(there, (manifest) => {
      const nameNow = (file: string) => (isSecond ? file.replace("data.avhdx", "other.avhdx") : file);
      const now = { ...manifest, files: manifest.files.map((file) => ({ ...file, path: nameNow(file.path) })) };
      return { ...now, restore: { ...manifest.restore, ...told(now) } };
    });
  }
  return renamed;
}

it("a disk's file of another name is joined where the manifest tells whose it is, else refused; a difference may lack a disk", () => {
  const untold = renamedCopy("untold", () => ({ disks: [] }));
  expect(tried(untold, lineIn(untold), copy, join)).toMatchObject({
    printed: [],
    error: expect.stringMatching(/other\.avhdx:0disksin/),
  });

  const told = renamedCopy("told", ({ files }) => ({
    disks: files.flatMap(({ path: file }) => (/data|other/.test(file) ? [{ instanceId: "the data disk", file }] : [])),
  }));
  rmSync(disk(path.join(told, labels[1]), "system.avhdx"));
  editManifest(path.join(told, labels[1]), (manifest) => ({
    ...manifest,
    files: manifest.files.filter(({ path: file }) => !file.includes("system")),
  }));
  const [full = "", first = "", second = ""] = copies();
  expect(tried(told, lineIn(told), copy, join).printed).toEqual([
    `${disk(first, "other.avhdx")} on ${disk(full, "data.vhdx")}`,
    `${disk(second, "data.avhdx")} on ${disk(first, "other.avhdx")}`,
    `merge ${disk(second, "data.avhdx")} into ${disk(full, "data.vhdx")}`,
    disk(full, "data.vhdx"),
    `${disk(second, "system.avhdx")} on ${disk(full, "system.vhdx")}`,
    `merge ${disk(second, "system.avhdx")} into ${disk(full, "system.vhdx")}`,
    disk(full, "system.vhdx"),
  ]);
});
