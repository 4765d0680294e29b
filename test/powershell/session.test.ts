import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HostError } from "../../provider/host/port";
import { localTransport, PowerShellHost } from "../../provider/host/powershell/index";
import { type Session, sessionTimes } from "../../provider/host/powershell/session/session";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { isAlive, ShellRoom, until } from "./shell-room";

const MINUTE = 60_000;

describeWithPowerShell("a session", (powershell) => {
  let room: ShellRoom;
  beforeAll(() => setShellEnvironment());
  beforeEach(() => {
    room = new ShellRoom(powershell);
  });
  afterEach(() => room.remove());

  const failure = (work: Promise<unknown>): Promise<HostError> =>
    work.then(
      () => {
        throw new Error("it did not fail");
      },
      (error: HostError) => error,
    );

  describe("that works", () => {
    it("says what shell and what machine it is on", async () => {
      const { host } = await room.open();
      expect(host).toMatchObject({ protocolVersion: 1, languageMode: "FullLanguage", paths: "posix" });
      expect(host.powershellVersion).toMatch(/^(5\.1|7\.)/);
      expect(host.machineId).not.toBe("");
      const again = await room.open();
      expect(again.host.machineId).toBe(host.machineId);
    });

    it("answers every request, however many are under way", async () => {
      const session = await room.open();
      const file = room.write("file", "text");
      const requests = Array.from({ length: 2000 }, (_, index) =>
        index % 10 === 0
          ? session.request("readDirectories", { requests: [{ directory: room.folder, texts: ["file"], list: false }] }, MINUTE)
          : session.request("ping", {}, MINUTE),
      );
      const replies = await Promise.all(requests);
      const texts = replies.flatMap((reply, index) => (index % 10 === 0 && "value" in reply ? [JSON.stringify(reply.value)] : []));
      expect(texts).toHaveLength(200);
      for (const text of texts) expect(text).toContain('["file","text"]');
      fs.rmSync(file);
    });

    it("carries lines of any length both ways", async () => {
      const session = await room.open();
      const text = 'äöü\u2028"\\ 0123456789 '.repeat(200_000);
      const place = { directory: room.folder, canonicalPath: room.folder };
      await session.request("createTextFiles", { files: [{ ...place, path: "long", text }] }, MINUTE);
      expect(fs.readFileSync(room.path("long"), "utf8")).toBe(text);
      const reply = await session.request(
        "readDirectories",
        { requests: [{ directory: room.folder, texts: ["long"], list: false }] },
        MINUTE,
      );
      expect(JSON.stringify(reply)).toContain(JSON.stringify(text));
    });

    it("ignores whatever else the shell prints", async () => {
      const noisy = room.program(`
        printf '\\033[?1hWelcome to HV01\\n@000000000000 {"id":0,"value":{}}\\nWARNING: no licence \\033[?1l'
        echo 'to stderr' >&2
        exec "$POWERSHELL" "$@"`);
      const session = await room.open({}, { executable: noisy });
      expect(await session.request("ping", {}, MINUTE)).toMatchObject({ value: null });
    });

    it("answers an unknown verb with an error, and goes on", async () => {
      const session = await room.open();
      expect(await session.request("formatDisk", {}, MINUTE)).toMatchObject({ error: { kind: "invalidParameter" } });
      expect(await session.request("ping", {}, MINUTE)).toMatchObject({ value: null });
    });

    it("is the program that was asked for, whatever NODE_POWERSHELL says", async () => {
      process.env.NODE_POWERSHELL = "/nowhere/pwsh";
      try {
        expect((await room.open()).host.languageMode).toBe("FullLanguage");
      } finally {
        delete process.env.NODE_POWERSHELL;
      }
    });
  });

  describe("that cannot be opened", () => {
    const opening = (executable: string, times = {}) => failure(room.open(times, { executable }));

    it("says that the program is not there", async () => {
      expect(await opening("/nowhere/pwsh")).toMatchObject({ kind: "unusable", details: { fault: "programMissing" } });
    });

    it("shows what a program said that ended", async () => {
      const error = await opening(room.program("echo 'no licence'; echo 'on stderr' >&2; exit 7"));
      expect(error).toMatchObject({ kind: "unusable", details: { fault: "handshakeFailed" } });
      expect(error.message).toContain("exit code 7");
      expect(error.message).toContain("no licence on stderr");
    });

    it("gives a program up that says nothing, and ends it", async () => {
      const program = room.program(`echo $$ > '${room.path("pid")}'; echo 'thinking'; exec sleep 1000`);
      const error = await opening(program, { handshakeMs: 1000 });
      expect(error).toMatchObject({ kind: "unusable", details: { fault: "handshakeFailed" } });
      expect(error.message).toContain("thinking");
      const pid = Number(fs.readFileSync(room.path("pid"), "utf8"));
      await until(() => !isAlive(pid));
    });

    it("says that the language is restricted", async () => {
      const program = room.program(
        `{ echo '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"'; exec cat; } | "$POWERSHELL" "$@"`,
      );
      expect(await opening(program)).toMatchObject({ kind: "unusable", details: { fault: "languageMode" } });
    });

    // Shells that cannot be had here are played: they answer the first or the second line as a real one would.
    const mark = 'mark=$(printf \'%s\' "$line" | sed "s/.*\'\\(@[0-9a-f]* \\){.*/\\1/")';
    it.each([
      ["powershellTooOld", `read -r line; ${mark}; echo "$mark{\\"fault\\":\\"powershellTooOld\\"}"`],
      [
        "blockedByAntimalware",
        `read -r line; ${mark}; echo "$mark{\\"reads\\":true}"; read -r line
         echo "$mark{\\"fault\\":\\"bridgeFailed\\",\\"id\\":\\"ScriptContainedMaliciousContent\\"}"; cat > /dev/null`,
      ],
      [
        "handshakeFailed",
        `read -r line; ${mark}; echo "$mark{\\"reads\\":true}"; echo "$mark{\\"id\\":0,\\"value\\":{}}"; cat > /dev/null`,
      ],
    ])("knows %s by its code", async (fault, script) => {
      expect(await opening(room.program(script))).toMatchObject({ kind: "unusable", details: { fault } });
    });

    it("notices a bridge that did not arrive as it was sent", async () => {
      const program = room.program(`sed -u 's/^# PROTOCOL/# protocol/' | "$POWERSHELL" "$@"`);
      const error = await opening(program);
      expect(error).toMatchObject({ kind: "unusable", details: { fault: "handshakeFailed" } });
      expect(error.message).toContain("did not arrive as it was sent");
    });
  });

  describe("that ends", () => {
    /** A request that is never answered: the text to be read is a pipe that nobody writes to. */
    const hang = (session: Session, deadlineMs = MINUTE) => {
      execFileSync("mkfifo", [room.path("pipe")]);
      return session.request("readDirectories", { requests: [{ directory: room.folder, texts: ["pipe"], list: false }] }, deadlineMs);
    };
    const pidOf = (session: Session) => session.host.processId;
    const untilLost = async (session: Session) => {
      for (;;) await session.request("ping", {}, MINUTE);
    };

    it("takes the shell with it that lets a deadline pass", async () => {
      const session = await room.open();
      const other = session.request("ping", {}, MINUTE);
      expect((await failure(hang(session, 5000))).kind).toBe("connectionLost");
      expect(await other).toMatchObject({ value: null });
      expect((await failure(session.request("ping", {}, MINUTE))).kind).toBe("connectionLost");
      await until(() => !isAlive(pidOf(session)));
    });

    it("tells every request that waits, when the shell is killed", async () => {
      const session = await room.open();
      const waiting = [hang(session), session.request("ping", {}, MINUTE)].map((one) => one.catch((error: HostError) => error.kind));
      process.kill(pidOf(session), "SIGKILL");
      const [hung] = await Promise.all(waiting);
      expect(hung).toBe("connectionLost");
      expect(session.isOver).toBe(true);
    });

    it("ends the shell at once, whatever it is doing", async () => {
      const session = await room.open();
      hang(session).catch(() => {});
      await session.request("ping", {}, MINUTE);
      await session.close();
      await until(() => !isAlive(pidOf(session)));
    });

    it("ends the shell that hashes by the end of its input alone", async () => {
      const session = await room.open({ closeMs: 3_600_000 });
      // Far more than can be read while a test runs, and no block of it on a disk.
      fs.truncateSync(room.write("huge", ""), 2 ** 42);
      const task = { kind: "hash", directory: room.folder, canonicalPath: room.folder, files: ["huge"] };
      const reply = await session.request("startTasks", { tasks: [task] }, MINUTE);
      const [{ value: id }] = (reply as { value: [{ value: string }] }).value;
      await until(async () => /"doneBytes":[1-9]/.test(JSON.stringify(await session.request("pollTasks", { ids: [id] }, MINUTE))));
      await session.close();
      await until(() => !isAlive(pidOf(session)));
    });

    it("ends the shell when this side is not heard of any more", async () => {
      const session = await room.open({ pingMs: 3_600_000, silenceSeconds: 1 });
      await until(() => session.isOver);
      await until(() => !isAlive(pidOf(session)));
    });

    it("does nothing any more that it was asked while it was stopped for too long", async () => {
      const session = await room.open({ pingMs: 3_600_000, silenceSeconds: 3 });
      process.kill(pidOf(session), "SIGSTOP");
      const file = { directory: room.folder, canonicalPath: room.folder, path: "late", text: "" };
      const asked = failure(session.request("createTextFiles", { files: [file] }, MINUTE));
      await new Promise((resolve) => setTimeout(resolve, 4000));
      process.kill(pidOf(session), "SIGCONT");
      expect((await asked).kind).toBe("connectionLost");
      expect(fs.existsSync(room.path("late"))).toBe(false);
    });

    it("keeps an idle shell by a word now and then", async () => {
      const session = await room.open({ pingMs: 2000, silenceSeconds: 10 });
      await new Promise((resolve) => setTimeout(resolve, 12_000));
      expect(session.isOver).toBe(false);
    });

    it.each(["SIGINT", "SIGTERM"] as const)("takes no request for a statement when the shell is sent %s", async (signal) => {
      const session = await room.open();
      process.kill(pidOf(session), signal);
      // An interrupted reader wakes with the next line.
      expect((await failure(untilLost(session))).kind).toBe("connectionLost");
      await until(() => !isAlive(pidOf(session)));
    });

    it("leaves no shell behind when its process is killed", async () => {
      const main = path.join(import.meta.dirname, "..", "..", "dist", "host", "powershell", "index.js");
      const script = `const { PowerShellHost, localTransport } = require(${JSON.stringify(main)});
        const host = new PowerShellHost(localTransport({ executable: ${JSON.stringify(powershell)} }));
        host.greeting().then(({ processId }) => console.log(processId)); setInterval(() => {}, 1000);`;
      const owner = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
      const pid = await new Promise<number>((resolve) => owner.stdout.once("data", (data) => resolve(Number(data))));
      expect(isAlive(pid)).toBe(true);
      owner.kill("SIGKILL");
      await until(() => !isAlive(pid));
    });
  });

  describe("of a host", () => {
    let host: PowerShellHost;
    beforeAll(() => {
      host = new PowerShellHost(localTransport({ executable: powershell }));
    });
    afterAll(() => host.close());

    it("is opened anew by the first request after it broke, once, and knows no task of the former", async () => {
      const first = await host.greeting();
      const place = { directory: room.folder, canonicalPath: room.folder };
      const [task] = await host.startTasks([{ ...place, kind: "hash", files: [] }]);
      process.kill(first.processId, "SIGKILL");
      await until(() => !isAlive(first.processId));
      const looks = await Promise.all(
        Array.from({ length: 5 }, () =>
          host.poll({ jobs: [], tasks: [task?.ok ? task.value : ""] }).catch((error: HostError) => error.kind),
        ),
      );
      const second = await host.greeting();
      expect(second.processId).not.toBe(first.processId);
      const now = await host.poll({ jobs: [], tasks: [task?.ok ? task.value : ""] });
      expect(now.tasks).toEqual([{ ok: true, value: { kind: "cancelled" } }]);
      expect(looks.length).toBe(5);
    });

    it("is closed although its shell has not answered yet", async () => {
      const silent = room.program(`echo $$ > '${room.path("pid")}'; exec sleep 1000`);
      const other = new PowerShellHost(localTransport({ executable: silent }), { ...sessionTimes, handshakeMs: 3_600_000 });
      const opening = failure(other.greeting());
      const pid = () => (fs.existsSync(room.path("pid")) ? Number(fs.readFileSync(room.path("pid"), "utf8")) : 0);
      await until(() => pid() > 0);
      await other.close();
      expect((await opening).kind).toBe("connectionLost");
      await until(() => !isAlive(pid()));
    });

    it("refuses to be opened again once it was closed", async () => {
      const other = new PowerShellHost(localTransport({ executable: powershell }));
      await other.close();
      expect((await failure(other.greeting())).kind).toBe("connectionLost");
    });
  });
});
