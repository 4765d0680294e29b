import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { LocalFiles } from "../../provider/host/local-files/local-files";
import type { Answer } from "../../provider/host/port";

/** The module's own object: what the code under test calls. */
const system = createRequire(import.meta.url)("node:fs") as Record<string, (...parameters: unknown[]) => unknown>;
const originals = new Map<string, (...parameters: unknown[]) => unknown>();
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "files-in-use-")));

/** Has a call of the system fail as it does where another program has the file open. */
function busy(name: string, times: number, code = "EBUSY"): void {
  const original = system[name] as (...parameters: unknown[]) => unknown;
  originals.set(name, original);
  let left = times;
  system[name] = (...parameters) => {
    if (left-- > 0) throw Object.assign(new Error(`${code}: resource busy or locked, ${name}`), { code });
    return original(...parameters);
  };
}

afterEach(() => {
  for (const [name, original] of originals) system[name] = original;
  originals.clear();
  fs.rmSync(scratch, { recursive: true, force: true });
});

async function endOf(files: LocalFiles, started: Answer<string> | undefined): Promise<Answer<unknown>> {
  if (!started?.ok) throw new Error("the task did not start");
  for (;;) {
    const [state] = files.taskStates([started.value]);
    if (state && !(state.ok && state.value.kind === "running")) return state;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Each verb that works with a file, and the call of the system that another program's hold on it fails. */
const verbs: readonly [name: string, call: string, work: (files: LocalFiles, directory: string) => Promise<Answer<unknown> | undefined>][] =
  [
    ["look", "readdirSync", async (files, directory) => (await files.readDirectories([{ directory, texts: [], list: true }]))[0]],
    [
      "read a text",
      "readFileSync",
      async (files, directory) => (await files.readDirectories([{ directory, texts: ["a"], list: false }]))[0],
    ],
    [
      "create a directory",
      "mkdirSync",
      async (files, directory) => (await files.createDirectories([{ directory: path.join(directory, "new") }]))[0],
    ],
    [
      "remove a directory",
      "rmdirSync",
      async (files, directory) => (await files.removeEmptyDirectories([{ directory: path.join(directory, "empty") }]))[0],
    ],
    [
      "create a text",
      "linkSync",
      async (files, directory) => (await files.createTextFiles([{ directory, canonicalPath: directory, path: "b", text: "b" }]))[0],
    ],
    [
      "replace a text",
      "renameSync",
      async (files, directory) => (await files.replaceTextFiles([{ directory, canonicalPath: directory, path: "a", text: "b" }]))[0],
    ],
    [
      "move",
      "renameSync",
      async (files, directory) => (await files.moveFiles([{ directory, canonicalPath: directory, from: "a", to: "b" }]))[0],
    ],
    [
      "remove",
      "unlinkSync",
      async (files, directory) =>
        endOf(files, (await files.startTasks([{ directory, canonicalPath: directory, kind: "remove", files: ["a"] }]))[0]),
    ],
    [
      "remove folders",
      "rmdirSync",
      async (files, directory) =>
        endOf(files, (await files.startTasks([{ directory, canonicalPath: directory, kind: "remove", files: ["in/a"] }]))[0]),
    ],
  ];

describe.each(verbs)("a file that another program has open while it is asked to %s", (_, call, work) => {
  const prepare = () => {
    for (const folder of ["empty", "in"]) fs.mkdirSync(path.join(scratch, folder), { recursive: true });
    for (const file of ["a", "in/a"]) fs.writeFileSync(path.join(scratch, file), "a");
  };

  it("is waited for", async () => {
    prepare();
    busy(call, 3);
    expect(await work(new LocalFiles(), scratch)).toMatchObject({ ok: true });
  });

  it("is told as in use where it stays so", async () => {
    prepare();
    busy(call, 1000);
    expect(await work(new LocalFiles(), scratch)).toMatchObject({ ok: false, error: { kind: "fileInUse" } });
  });
});
