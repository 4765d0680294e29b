import { spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Answer, Place } from "../../provider/host/port";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { ShellRoom } from "./shell-room";

describeWithPowerShell("files, through a real PowerShell", (powershell) => {
  let room: ShellRoom;
  let host: PowerShellHost;
  let place: Place;
  let serial = 0;
  beforeAll(() => {
    setShellEnvironment();
    room = new ShellRoom(powershell);
    host = new PowerShellHost(localTransport({ executable: powershell }));
  });
  beforeEach(() => {
    const directory = room.path(`case-${++serial}`);
    fs.mkdirSync(directory);
    place = { directory, canonicalPath: directory };
  });
  afterAll(async () => {
    await host.close();
    await room.remove();
  });

  const at = (name: string) => `${place.directory}/${name}`;
  const values = <T>(answers: readonly Answer<T>[]): T[] =>
    answers.map((answer) => {
      if (!answer.ok) throw answer.error;
      return answer.value;
    });
  const text = async (name: string) => {
    const [report] = values(await host.readDirectories([{ directory: place.directory, texts: [name], list: false }]));
    return report?.kind === "directory" ? report.texts[name] : report?.kind;
  };

  describe("a replacement that was cut short, whose old text waits under another name", () => {
    beforeEach(() => fs.writeFileSync(at("claim.000000000000.tmp"), "old"));

    it("is read as it was", async () => {
      expect(await text("claim")).toBe("old");
      expect(fs.readdirSync(place.directory)).toEqual(["claim.000000000000.tmp"]);
    });

    it("is there already for whoever would create it", async () => {
      expect(values(await host.createTextFiles([{ ...place, path: "claim", text: "mine" }]))).toEqual(["exists"]);
      expect(fs.readFileSync(at("claim"), "utf8")).toBe("old");
    });

    it("is replaced", async () => {
      values(await host.replaceTextFiles([{ ...place, path: "claim", text: "new" }]));
      expect(await text("claim")).toBe("new");
      expect(fs.readdirSync(place.directory)).toEqual(["claim"]);
    });

    it("and is of no interest once there is a new one", async () => {
      fs.writeFileSync(at("claim"), "new");
      expect(await text("claim")).toBe("new");
    });
  });

  it("keep every character of a text, the byte order mark and line ends as well", async () => {
    const odd = "\ufeffa\r\nb\n\n\u2028\u0000\u001b[2Jé\u{1f600}";
    values(await host.createTextFiles([{ ...place, path: "odd", text: odd }]));
    expect(fs.readFileSync(at("odd"), "utf8")).toBe(odd);
    expect(await text("odd")).toBe(odd);
  });

  it("of more than 16 MiB are no text", async () => {
    fs.truncateSync(room.write("large", ""), 16 * 1024 ** 2 + 1);
    const [answer] = await host.readDirectories([{ directory: room.folder, texts: ["large"], list: false }]);
    expect(answer).toMatchObject({ ok: false, error: { kind: "io" } });
  });

  it("are listed by the tens of thousands in one look", async () => {
    const count = 20_000;
    fs.mkdirSync(at("many"));
    for (let index = 0; index < count; index++) fs.writeFileSync(at(`many/${index}`), "");
    const [report] = values(await host.readDirectories([{ directory: place.directory, texts: [], list: true }]));
    expect(report?.kind === "directory" && report.entries).toHaveLength(count + 1);
  });

  it("of a list with one bad name are not touched by a removal", async () => {
    fs.writeFileSync(at("good"), "");
    const [id = ""] = values(await host.startTasks([{ ...place, kind: "remove", files: ["good", "../bad"] }]));
    let state: Answer<unknown> | undefined;
    do [state] = (await host.poll({ jobs: [], tasks: [id] })).tasks;
    while (state?.ok && (state.value as { kind: string }).kind === "running");
    expect(state).toMatchObject({ ok: false, error: { kind: "invalidParameter" } });
    expect(fs.readdirSync(place.directory)).toEqual(["good"]);
  });

  it.skipIf(spawnSync("flock", ["--version"]).error)(
    "that another program has open for a moment are waited for, and told as in use where that lasts",
    async () => {
      for (const [seconds, isOk] of [
        [0.4, true],
        [8, false],
      ] as const) {
        fs.writeFileSync(at("held"), "text");
        const holder = spawn("flock", ["--exclusive", at("held"), "sh", "-c", `echo held; exec sleep ${seconds}`]);
        await new Promise((resolve) => holder.stdout.once("data", resolve));
        const [read] = await host.readDirectories([{ directory: place.directory, texts: ["held"], list: false }]);
        expect(read).toMatchObject(isOk ? { ok: true } : { ok: false, error: { kind: "fileInUse" } });
        holder.kill();
      }
    },
  );

  it("of a small task do not wait behind those of large ones", async () => {
    for (const name of ["huge-1", "huge-2", "huge-3"]) fs.truncateSync(room.write(name, ""), 2 ** 42);
    const many = Array.from({ length: 300 }, (_, index) => {
      fs.writeFileSync(at(`${index}`), "x".repeat(1000));
      return `${index}`;
    });
    const folder = { directory: room.folder, canonicalPath: room.folder };
    const [huge = "", more = "", small = ""] = values(
      await host.startTasks([
        { ...folder, kind: "hash", files: ["huge-1"] },
        { ...place, kind: "hash", files: many },
        { ...place, kind: "hash", files: ["0"] },
      ]),
    );
    const kinds = async () => values((await host.poll({ jobs: [], tasks: [small] })).tasks)[0]?.kind;
    while ((await kinds()) === "running");
    values(await host.cancelTasks([huge, more]));
  });
});
