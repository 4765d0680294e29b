import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publishOnce } from "../../tools/set-up/publish-once.mjs";
import { repository } from "../../tools/set-up/repository.mjs";

let scratch: string;
let folder: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "publish-once-"));
  folder = join(scratch, "tool-v1");
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const quiet = () => {};
const write = (text: string) => async (temporary: string) => writeFileSync(join(temporary, "program"), text);

const moduleUrl = (name: string) => pathToFileURL(join(repository, "tools", "set-up", `${name}.mjs`)).href;

/** Another Node.js process; `begun` when it has said something. */
function otherProcess(...script: string[]) {
  const source = [`import { publishOnce } from "${moduleUrl("publish-once")}";`, ...script].join("\n");
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], { stdio: ["ignore", "pipe", "inherit"] });
  return {
    process: child,
    begun: new Promise((resolve) => child.stdout.once("data", resolve)),
    ended: new Promise((resolve) => child.once("exit", resolve)),
  };
}

/** Another process that takes `ms` over making the folder. */
function otherMaker(ms: number) {
  return otherProcess(
    'import { writeFileSync } from "node:fs";',
    `await publishOnce(${JSON.stringify(folder)}, async (temporary) => {`,
    '  writeFileSync(temporary + "/half", "");',
    '  console.log("making");',
    `  await new Promise((resolve) => setTimeout(resolve, ${ms}));`,
    '  writeFileSync(temporary + "/program", "other");',
    "}, () => {});",
  );
}

describe("a folder that is published once", () => {
  it("appears whole, and nothing else stays", async () => {
    await publishOnce(folder, write("mine"), quiet);
    expect(readFileSync(join(folder, "program"), "utf8")).toBe("mine");
    expect(readdirSync(scratch)).toEqual(["tool-v1"]);
  });

  it("does not appear when the making fails", async () => {
    const failing = async (temporary: string) => {
      writeFileSync(join(temporary, "half"), "");
      throw new Error("no network");
    };
    await expect(publishOnce(folder, failing, quiet)).rejects.toThrow("no network");
    expect(readdirSync(scratch)).toEqual([]);
  });

  it("is made by one of two processes while the other waits", async () => {
    await otherMaker(1_500).begun;
    const said: string[] = [];
    await publishOnce(folder, write("mine"), (text) => said.push(text));
    expect(said).toEqual([`Another run is making ${folder}: waiting for it.`]);
    expect(readFileSync(join(folder, "program"), "utf8")).toBe("other");
  });

  it("is not there after a kill half way, and the next run makes it without waiting for ever", async () => {
    const other = otherMaker(600_000);
    await other.begun;
    other.process.kill("SIGKILL");
    await other.ended;
    expect(existsSync(folder)).toBe(false);
    const [left] = readdirSync(scratch);
    const longAgo = new Date(Date.now() - 20_000);
    utimesSync(join(scratch, left as string), longAgo, longAgo); // instead of 15 s of sleep
    await publishOnce(folder, write("mine"), quiet);
    expect(readFileSync(join(folder, "program"), "utf8")).toBe("mine");
  });

  it("removes what a kill left long ago", async () => {
    const abandoned = `${folder}.making-000000000000001-1`;
    mkdirSync(abandoned);
    utimesSync(abandoned, new Date(0), new Date(0));
    await publishOnce(folder, write("mine"), quiet);
    expect(existsSync(abandoned)).toBe(false);
  });

  it("leaves neither a folder nor a compiler when it is interrupted", { skip: process.platform === "win32" }, async () => {
    const beat = join(scratch, "beat");
    const child = otherProcess(
      `import { run } from "${moduleUrl("run")}";`,
      `await publishOnce(${JSON.stringify(folder)}, async () => {`,
      '  console.log("making");',
      `  await run("sh", ["-c", "while :; do echo >> ${beat}; sleep 0.05; done"], { limitMs: 600_000 });`,
      "}, () => {});",
    );
    await child.begun;
    while (!existsSync(beat)) await sleep(20);
    child.process.kill("SIGTERM");
    await child.ended;
    expect(readdirSync(scratch)).toEqual(["beat"]);
    const beats = statSync(beat).size;
    await sleep(500);
    expect(statSync(beat).size).toBe(beats);
  });
});
