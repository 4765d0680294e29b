import { createHash } from "node:crypto";
import * as fs from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Answer, TaskState } from "../../provider/host/port";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { ShellRoom } from "./shell-room";

/** What some shell, some cmdlet, some parser or some file system on the way reads as more than a character. */
const pieces = [
  "'",
  '"',
  "`",
  "$",
  "$(exit)",
  "$" + "{x}",
  "$_",
  ";",
  "&",
  "|",
  "<",
  ">",
  "(",
  ")",
  "{",
  "}",
  "[",
  "]",
  "[a-z]",
  "*",
  "?",
  "~",
  "-",
  "--",
  "-Recurse",
  "@",
  "#",
  "%",
  "%PATH%",
  "^",
  "!",
  "=",
  ",",
  ":",
  "::$DATA",
  "\\",
  "\\\\?\\",
  " ",
  "  ",
  ".",
  "...",
  "\n",
  "\r",
  "\r\n",
  "\t",
  "\u001b[2J",
  "\u007f",
  "\u0085",
  "\u00a0",
  "\u200d",
  "\u2028",
  "\u2029",
  "\ufeff",
  "\u202e",
  "é",
  "e\u0301",
  "İ",
  "ı",
  "ß",
  "日本",
  "😀",
  "NUL",
  "con.txt",
  "PROGRA~1",
  "2026-11-28T14:50:00Z",
  "/Date(0)/",
  "null",
  "true",
  "1e3",
  "__proto__",
  "#end of bridge",
  "@{}",
  "\\u0041",
]; // prettier-ignore

const bytes = (name: string) => Buffer.byteLength(name);
const isName = (name: string) => name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name) && bytes(name) <= 255;

const hostileName = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 3 }) }),
    {
      minLength: 1,
      maxLength: 10,
    },
  )
  .map((parts) => parts.join(""))
  .filter(isName);

const longName = fc.constantFrom("x", "é", "日", "😀").map((unit) => unit.repeat(Math.floor(255 / bytes(unit))));

const names = fc.uniqueArray(fc.oneof({ weight: 12, arbitrary: hostileName }, { weight: 1, arbitrary: longName }), {
  minLength: 1,
  maxLength: 12,
});

describeWithPowerShell("hostile names", (powershell) => {
  let room: ShellRoom;
  let host: PowerShellHost;
  let serial = 0;
  beforeAll(() => {
    setShellEnvironment();
    room = new ShellRoom(powershell);
    host = new PowerShellHost(localTransport({ executable: powershell }));
  });
  afterAll(async () => {
    await host.close();
    await room.remove();
  });

  const values = <T>(answers: readonly Answer<T>[]): T[] =>
    answers.map((answer) => {
      if (!answer.ok) throw answer.error;
      return answer.value;
    });

  const ended = async (task: Parameters<PowerShellHost["startTasks"]>[0][number]): Promise<TaskState> => {
    const [id = ""] = values(await host.startTasks([task]));
    for (;;) {
      const [state] = values((await host.poll({ jobs: [], tasks: [id] })).tasks);
      if (state && state.kind !== "running") return state;
    }
  };

  it("are written, listed, read, replaced, moved, hashed and removed, and nothing else is touched", async () => {
    await fc.assert(
      fc.asyncProperty(hostileName, names, async (folder, files) => {
        const outer = room.path(`case-${++serial}`);
        const directory = `${outer}/${folder}`;
        fs.mkdirSync(outer);
        fs.writeFileSync(`${outer}/bystander`, "untouched");

        const [made] = values(await host.createDirectories([{ directory }]));
        expect(made).toMatchObject({ created: true, canonicalPath: directory });
        expect(fs.readdirSync(outer).sort()).toEqual(["bystander", folder].sort());
        const place = { directory, canonicalPath: directory };

        const created = await host.createTextFiles(files.map((path) => ({ ...place, path, text: path })));
        expect(values(created)).toEqual(files.map(() => "created"));
        expect(fs.readdirSync(directory).sort()).toEqual([...files].sort());
        expect(values(await host.createTextFiles(files.map((path) => ({ ...place, path, text: "again" }))))).toEqual(
          files.map(() => "exists"),
        );

        const [report] = values(await host.readDirectories([{ directory, texts: files, list: true }]));
        if (report?.kind !== "directory") throw new Error(report?.kind);
        expect(report.entries.map((entry) => entry.path)).toEqual([...files].sort());
        expect(Object.entries(report.texts).sort()).toEqual(files.map((name) => [name, name]).sort());

        values(await host.replaceTextFiles(files.map((path) => ({ ...place, path, text: `${path}2` }))));
        expect(fs.readdirSync(directory).sort()).toEqual([...files].sort());
        const [surveyed] = values(
          await host.surveyDirectories([{ parent: outer, marker: files[0] ?? "", containing: files[0] ?? "", texts: files }]),
        );
        expect(surveyed?.map((one) => one.directory)).toEqual([directory]);

        values(await host.moveFiles(files.map((from) => ({ ...place, from, to: `${folder}/${from}` }))));
        expect(fs.readdirSync(directory)).toEqual([folder]);
        const moved = files.map((name) => `${folder}/${name}`);
        expect(await ended({ ...place, kind: "hash", files: moved })).toEqual({
          kind: "hashed",
          files: files.map((name, index) => ({
            path: moved[index],
            bytes: bytes(`${name}2`),
            sha256: createHash("sha256").update(`${name}2`).digest("hex"),
          })),
        });

        expect(await ended({ ...place, kind: "remove", files: moved })).toEqual({ kind: "removed", removed: moved, absent: [] });
        expect(fs.readdirSync(directory)).toEqual([]);
        expect(values(await host.removeEmptyDirectories([{ directory }]))).toEqual(["removed"]);
        expect(fs.readdirSync(outer)).toEqual(["bystander"]);
        expect(fs.readFileSync(`${outer}/bystander`, "utf8")).toBe("untouched");
      }),
      { numRuns: Number(process.env.HYPERV_TEST_RUNS ?? 25) },
    );
  });

  it("with half of a surrogate pair are refused, each by itself, before anything is made of them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom("\ud800", "a\udc00", "\ud83d.txt", "x\udbff\ud83d\ude00"), async (bad) => {
        const directory = room.path(`case-${++serial}`);
        fs.mkdirSync(directory);
        const place = { directory, canonicalPath: directory };
        const kinds = (answers: readonly Answer<unknown>[]) => answers.map((answer) => (answer.ok ? "ok" : answer.error.kind));
        expect(kinds(await host.createDirectories([bad, "good"].map((name) => ({ directory: `${directory}/${name}` }))))).toEqual([
          "invalidParameter",
          "ok",
        ]);
        const files = [bad, "good.txt"].map((path) => ({ ...place, path, text: "" }));
        expect(kinds(await host.createTextFiles(files))).toEqual(["invalidParameter", "ok"]);
        expect(kinds(await host.replaceTextFiles([{ ...place, path: "good.txt", text: bad }]))).toEqual(["invalidParameter"]);
        expect(fs.readdirSync(directory).sort()).toEqual(["good", "good.txt"]);
        expect(fs.readFileSync(`${directory}/good.txt`, "utf8")).toBe("");
      }),
      { numRuns: 4 },
    );
  });
});
