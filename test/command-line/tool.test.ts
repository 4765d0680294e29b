import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "../../tools/set-up/repository.mjs";
import { ExportedTree, nights, type TreeCopy } from "../support/exported-tree";
import { bytesOf, filesBelow } from "../support/files-below";
import { runTool, toolPath } from "./run-tool";

const { version } = JSON.parse(fs.readFileSync(path.join(repository, "package.json"), "utf8"));

let tree: ExportedTree;
let copy: TreeCopy;
let damaged: TreeCopy;
beforeAll(async () => {
  tree = await ExportedTree.make();
  copy = tree.copy();
  damaged = tree.copy();
  damaged.generation("night-2").flipByte();
});
afterAll(() => tree.close());

const size = "[0-9.]+ [KM]?i?B";
const date = String.raw`\d{4}-\d{2}-\d{2} \d{2}:\d{2}Z`;

describe("hyperv-export", () => {
  it("tells its version and its help", async () => {
    expect(await runTool(["--version"])).toEqual({ code: 0, output: `${version}\n`, errors: "" });
    const help = await runTool(["--help"]);
    expect([help.code, help.errors]).toEqual([0, ""]);
    for (const command of ["list", "verify", "restore-plan", "doctor", "report", "completion"])
      expect(help.output).toContain(`\n  ${command} `);
  });

  /** The files that it loads, by the module system's own account. */
  function loadedBy(...words: string[]): string[] {
    const program = `
      process.argv = [process.argv[0], "hyperv-export", ...${JSON.stringify(words)}];
      process.on("exit", () => console.error(Object.keys(require.cache).join("\\n")));
      require(${JSON.stringify(toolPath)});
    `;
    const { status, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
    expect(status).toBe(0);
    return stderr.trim().split("\n");
  }

  it("loads nothing to tell its version, and neither Pulumi's SDK nor what asks hosts to do its work", () => {
    expect(loadedBy("--version")).toEqual([toolPath]);
    const loaded = loadedBy("verify", "--content", copy.chain);
    expect(loaded).toContainEqual(expect.stringContaining("commander"));
    expect(loaded.filter((file) => /@pulumi|[\\/](simulator|powershell|resources|dynamic)[\\/]/.test(file))).toEqual([]);
  });

  it("is loaded by no program, neither with the package nor with its look-ups", () => {
    const program = `
      require(${JSON.stringify(repository)});
      require(${JSON.stringify(path.join(repository, "dist", "fronts", "look-ups", "look-ups.js"))});
      console.log(Object.keys(require.cache).join("\\n"));
    `;
    const { stdout } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
    expect(stdout).toContain("check-host.js");
    expect(
      stdout.split("\n").filter((file) => /command-line|commander|backups|check-in-steps|host-report|[\\/]tree[\\/]/.test(file)),
    ).toEqual([]);
  });

  it.each([
    { words: ["verify"], reason: "missing required argument" },
    { words: ["verfy", "."], reason: "Did you mean verify?" },
    { words: ["verify", ".", "--contents"], reason: "Did you mean --content?" },
    { words: ["verify", ".", "--portion", "8/7"], reason: "i from 1 to n" },
    { words: [], reason: "it names no command" },
  ])("refuses $words as no command of its own", async ({ words, reason }) => {
    const { code, output, errors } = await runTool(words);
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toContain(reason);
    expect(errors).toMatch(/^could not read the command line \(hyperv-export\): .*\n {2}What to do: .*\n {2}Code: invalid-arguments\n$/);
  });

  it("changes nothing of what it looks at", async () => {
    const before = bytesOf(damaged.directory, filesBelow(damaged.directory));
    await runTool(["verify", "--content", damaged.directory]);
    await runTool(["list", damaged.directory]);
    expect(bytesOf(damaged.directory, filesBelow(damaged.directory))).toEqual(before);
  });
});

describe("list", () => {
  it("draws chains and single exports as trees, in the folder that it is called in", async () => {
    const { code, output, errors } = await runTool(["list"], { cwd: copy.directory });
    expect([code, errors]).toEqual([0, ""]);
    const lines = output.split("\n");
    const generation = (branch: string, label: string, kind: string) =>
      expect.stringMatching(new RegExp(`^${branch} ${label}  +${kind}  +${date}  +${size} {2,}intact$`));
    expect(lines.slice(0, 6)).toEqual([
      `${copy.chain}: chain of SQL01, 4 generations, made in ${tree.original.chain}`,
      generation("├─", "night-1", "full"),
      generation("│  ├─", "night-2", "differential to night-1"),
      generation("│  └─", "night-3", "differential to night-2"),
      generation("└─", "night-4", "full"),
      "",
    ]);
    const full = copy.single("full").directory;
    expect(lines.slice(6)).toEqual([
      "exports of SQL01",
      generation("└─", full, "full"),
      generation("   └─", copy.single("difference").directory, `differential to ${full}`),
      "",
    ]);
  });

  it("of damage that sizes show tells, and succeeds", async () => {
    const truncated = tree.copy();
    truncated.generation("night-1").truncate();
    const { code, output } = await runTool(["list", truncated.chain]);
    expect(code).toBe(0);
    const states = output.split("\n").slice(1, -1);
    expect(states.map((line) => line.split(/ {2,}/).at(-1))).toEqual(["damaged", "base changed", "base changed", "intact"]);
  });

  it("of an empty folder says so, and of none fails", async () => {
    const empty = path.join(tree.place.scene.directory, "empty");
    fs.mkdirSync(empty);
    expect(await runTool(["list", empty])).toEqual({ code: 0, output: `No exports in ${empty} or below.\n`, errors: "" });
    const missing = await runTool(["list", path.join(empty, "x")]);
    expect([missing.code, missing.output]).toEqual([2, ""]);
    expect(missing.errors).toMatch(/it is not there\n {2}What to do: .*\n {2}Code: directory-not-found\n$/);
  });

  it("follows a link that is named, and none below it", async () => {
    const link = path.join(tree.place.scene.directory, "link");
    fs.symlinkSync(copy.chain, link);
    expect((await runTool(["list", link])).output).toContain("night-4");
    const holding = path.join(tree.place.scene.directory, "holding");
    fs.mkdirSync(holding);
    fs.symlinkSync(copy.chain, path.join(holding, "chain"));
    expect((await runTool(["list", holding])).output).toBe(`No exports in ${holding} or below.\n`);
  });
});

describe("verify", () => {
  it("of what is intact succeeds, and says what it has read", async () => {
    const { code, output, errors } = await runTool(["verify", "--content", copy.directory]);
    expect([code, errors]).toEqual([0, ""]);
    const lines = output.split("\n");
    expect(lines.slice(1, 5)).toEqual(nights.map((label) => `  intact  ${label}`));
    expect(lines.at(-3)).toMatch(new RegExp(`^Read ${size} in \\d+ files of 6 exports, in .*, ${size}/s\\.$`));
    expect(lines.at(-2)).toBe("Intact: all of it can be restored, as far as was looked.");
  });

  it("of damage names it and what can be restored, and ends with 1", async () => {
    const { code, output } = await runTool(["verify", "--content", damaged.chain]);
    expect(code).toBe(1);
    const lines = output.split("\n");
    expect(lines[2]).toBe("  damaged       night-2");
    expect(lines[3]).toMatch(/^ {16}file-altered: Virtual Hard Disks\/.*: expected SHA-256 [0-9a-f]{12}…, found [0-9a-f]{12}…$/);
    expect(lines.at(-2)).toBe(`Damaged. What can be restored: of ${damaged.chain}: night-4, night-1.`);
    // Names and sizes do not show it.
    expect((await runTool(["verify", damaged.chain])).code).toBe(0);
  });

  it("reads the named part alone", async () => {
    const codes = await Promise.all(["1/2", "2/2"].map(async (part) => (await runTool(["verify", "--portion", part, damaged.chain])).code));
    expect(codes.sort()).toEqual([0, 1]);
  });

  it("of what it cannot look at says why, on the standard error, and ends with 2", async () => {
    const { code, output, errors } = await runTool(["verify", copy.single("difference").directory, path.join(copy.directory, "no", "x")]);
    expect(code).toBe(2);
    expect(output).toContain("unknown  ");
    expect(output).toContain("base-not-seen: ");
    expect(errors).toMatch(/^could not look at the directory \(.*\): the folder above it is not there\n/);
  });

  it("prints nothing that a terminal would take for a command", async () => {
    const hostile = tree.copy();
    hostile.single("full").changeClaim((claim) => {
      claim.finished = undefined;
      claim.attempt = undefined;
    });
    hostile.single("difference").changeManifest((manifest) => {
      manifest.virtualMachineName = "\u001b[2J\u202eSQL\n01";
    });
    fs.rmSync(hostile.single("difference").claim);
    const { output } = await runTool(["list", hostile.directory]);
    expect(output).toContain("\\u{1b}[2J\\u{202e}SQL\\u{a}01");
    expect([...output].filter((character) => character < " " && character !== "\n")).toEqual([]);
  });

  it("goes on to the exit code when nobody reads its output any more", () => {
    const script = `"${process.execPath}" "${toolPath}" verify --content "${damaged.chain}" | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    expect([stdout, stderr]).toEqual(["1\n", ""]);
  });
});

describe("--json", () => {
  it("prints one document, failures in it and nothing on the standard error", async () => {
    const missing = path.join(copy.directory, "missing");
    const { code, output, errors } = await runTool(["verify", "--json", copy.chain, missing]);
    expect([code, errors]).toEqual([2, ""]);
    expect(JSON.parse(output)).toMatchObject({
      format: "hyperv-export/verify",
      version: 1,
      directories: [copy.chain, missing],
      result: "unknown",
      chains: [{ directory: copy.chain, generations: nights.map((label) => ({ label, condition: "intact" })) }],
      failures: [{ directory: missing, code: "directory-not-found" }],
    });
    const list = await runTool(["list", "--json", copy.directory]);
    expect([list.code, JSON.parse(list.output)]).toMatchObject([0, { format: "hyperv-export/list", exports: [{}, {}] }]);
  });
});
