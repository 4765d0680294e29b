import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer, ExportJob, Host, HostErrorKind, Place, TaskState } from "../../provider/host/port";

/** What an adapter must set up to be held to the contract. */
export interface ContractStage {
  readonly host: Host;
  /** An empty directory of this machine that the host reaches under the same path. */
  readonly scratch: string;
  /** Name of a machine with at least two reference points, oldest first, and at least two disks. */
  readonly machine: string;
  /** A name that two machines share. */
  readonly sharedName: string;
  /** How often the method was called for this directory. */
  methodCalls(exportDirectory: string): Promise<number>;
  /** Another session on the same host. */
  another(): Host;
  dispose(): Promise<void>;
}

/** The Host port's promises, for any adapter. */
export function hostContract(name: string, open: () => Promise<ContractStage>): void {
  describe(`Host contract: ${name}`, () => {
    let stage: ContractStage;
    let host: Host;
    let serial = 0;
    const fresh = (): string => path.join(stage.scratch, `case-${++serial}`);
    const place = async (): Promise<Place> => {
      const directory = fresh();
      const [made] = await host.createDirectories([directory]);
      return { directory, canonicalPath: value(made).canonicalPath };
    };

    beforeAll(async () => {
      stage = await open();
      host = stage.host;
    });
    afterAll(() => stage.dispose());

    it("answers one answer an item, in order, and none for nothing", async () => {
      const answers = await host.findVirtualMachines([stage.machine, "no such machine", stage.sharedName]);
      expect(answers.map((answer) => value(answer).length)).toEqual([1, 0, 2]);
      expect(await host.findVirtualMachines([])).toEqual([]);
      expect(await host.poll({ jobs: [], tasks: [] })).toEqual({ jobs: [], tasks: [] });
    });

    it("finds machines by name in any case and by GUID", async () => {
      const [byName] = await host.findVirtualMachines([stage.machine.toLowerCase()]);
      const [machine] = value(byName);
      const [byId] = await host.findVirtualMachines([machine?.id.toLowerCase() ?? ""]);
      expect(value(byId)).toEqual([machine]);
      expect(machine?.id).toMatch(/^[0-9A-F-]{36}$/);
    });

    it("lists points, and one unknown machine does not fail another", async () => {
      const machine = await subject();
      const [none, some] = await host.listReferencePoints(["00000000-0000-0000-0000-000000000000", machine.id]);
      expect(kind(none)).toBe("notFound");
      const points = value(some);
      expect(points.length).toBeGreaterThan(1);
      for (const point of points) {
        expect(point.id).toMatch(/^Microsoft:[0-9A-F-]{36}$/);
        expect(point.virtualMachineId).toBe(machine.id);
        expect(point.diskIds).toEqual(machine.disks.map((disk) => disk.instanceId));
      }
    });

    it("exports once, to the end, and names the files", async () => {
      const { directory } = await place();
      const job = await exported(directory);
      expect(job?.errorCode).toBe(0);
      expect(job?.percentComplete).toBe(100);
      expect(job?.exportedFiles.length).toBeGreaterThan(2);
      for (const file of job?.exportedFiles ?? []) expect(fs.statSync(file.path).size).toBeGreaterThan(0);
      expect(await stage.methodCalls(directory)).toBe(1);
      const [jobs] = await stage.another().findExportJobs([`${directory}${path.sep}`]);
      expect(value(jobs).map((one) => one.path)).toEqual([job?.path]);
    });

    it("refuses a second export of a machine while one runs, each with its own answer", async () => {
      const [first, second] = [await place(), await place()];
      const answers = await host.exportReferencePoints([await request(first.directory), await request(second.directory)]);
      expect(answers[0]?.ok).toBe(true);
      expect(kind(answers[1])).toBe("invalidState");
      expect(!answers[1]?.ok && answers[1]?.error.details.returnCode).toBe(32775);
      await watched(started(answers[0]));
    });

    it("refuses wrong parameters as the method does", async () => {
      const { directory } = await place();
      const [older, newer] = await points();
      const good = await request(directory);
      const bad = [
        { ...good, exportDirectory: path.join(directory, "not there") },
        { ...good, referencePointId: "Microsoft:00000000-0000-0000-0000-000000000000" },
        { ...good, disksToExport: ["no such disk"] },
        { ...good, referencePointId: older, baseReferencePointId: newer },
        { ...good, referencePointId: newer, baseReferencePointId: newer },
      ];
      const answers = await host.exportReferencePoints(bad);
      expect(answers.map(kind)).toEqual(bad.map(() => "invalidParameter"));
      expect(fs.readdirSync(directory)).toEqual([]);
    });

    it("terminates a job, twice as well, and leaves the machine free", async () => {
      const { directory } = await place();
      const [answer] = await host.exportReferencePoints([await request(directory)]);
      const job = started(answer);
      expect((await host.terminateJobs([job, job, "no such job"])).every((one) => one.ok)).toBe(true);
      expect((await watched(job))?.jobState).toBe(8);
      const size = bytesBelow(directory);
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(bytesBelow(directory)).toBe(size);
      await exported((await place()).directory);
    });

    it("answers undefined for a job that is not listed", async () => {
      const { jobs } = await host.poll({ jobs: ["no such job"], tasks: [] });
      expect(jobs).toEqual([{ ok: true, value: undefined }]);
    });

    it("tells absent from a missing parent, a file and a link", async () => {
      const base = await place();
      fs.writeFileSync(path.join(base.directory, "file"), "");
      fs.symlinkSync(base.directory, path.join(base.directory, "link"));
      const asked = ["gone", "gone/deeper", "file", "link"].map((one) => ({
        directory: path.join(base.directory, one),
        texts: [],
        list: true,
      }));
      const answers = await host.readDirectories(asked);
      expect(answers.map((one) => value(one).kind)).toEqual(["absent", "parentMissing", "notDirectory", "notDirectory"]);
    });

    it("lists recursively, sorted, not behind links, and reads the asked texts", async () => {
      const base = await place();
      fs.mkdirSync(path.join(base.directory, "b", "c"), { recursive: true });
      fs.writeFileSync(path.join(base.directory, "b", "c", "deep"), "12345");
      fs.writeFileSync(path.join(base.directory, "a.txt"), "text");
      fs.symlinkSync(stage.scratch, path.join(base.directory, "out"));
      fs.symlinkSync(path.join(base.directory, "a.txt"), path.join(base.directory, "linked.txt"));
      const texts = ["a.txt", "none.txt", "linked.txt", "b", "__proto__"];
      const [answer, unlisted] = await host.readDirectories([
        { directory: base.directory, texts, list: true },
        { directory: base.directory, texts, list: false },
      ]);
      const report = value(answer);
      if (report.kind !== "directory") throw new Error(report.kind);
      expect(report.entries).toEqual([
        { path: "a.txt", kind: "file", bytes: 4 },
        { path: "b", kind: "directory", bytes: 0 },
        { path: "b/c", kind: "directory", bytes: 0 },
        { path: "b/c/deep", kind: "file", bytes: 5 },
        { path: "linked.txt", kind: "link", bytes: 0 },
        { path: "out", kind: "link", bytes: 0 },
      ]);
      expect(Object.entries(report.texts)).toEqual([["a.txt", "text"]]);
      expect(report.freeBytes).toBeGreaterThan(0);
      expect(value(unlisted)).toEqual({ ...report, entries: [], freeBytes: expect.any(Number) });
    });

    it("surveys the marked directories below a parent as a look at each would report them", async () => {
      const parent = (await place()).directory;
      const marked = ["one", "two"].map((name) => path.join(parent, name));
      for (const [index, directory] of [...marked, path.join(parent, "three"), path.join(parent, "four")].entries()) {
        fs.mkdirSync(path.join(directory, "sub"), { recursive: true });
        if (index !== 3) fs.writeFileSync(path.join(directory, "marker"), index < 2 ? "a claim of dev" : "a claim of prod");
        fs.writeFileSync(path.join(directory, "sub", "file"), String(index));
      }
      fs.symlinkSync(marked[0] ?? "", path.join(parent, "link"));
      const texts = ["marker"];
      const ask = { marker: "marker", containing: "of dev", texts };
      const [found, missing] = await host.surveyDirectories([
        { ...ask, parent },
        { ...ask, parent: path.join(parent, "missing") },
      ]);
      const looks = await host.readDirectories(marked.map((directory) => ({ directory, texts, list: true })));
      const stable = (report: object) => ({ ...report, freeBytes: 0 });
      const surveyed = [...value(found)].sort((a, b) => a.directory.localeCompare(b.directory));
      expect(surveyed.map(({ directory }) => directory)).toEqual(marked);
      expect(surveyed.map(({ report }) => stable(report))).toEqual(looks.map((look) => stable(value(look))));
      expect(value(missing)).toEqual([]);
    });

    it("creates directories with their parents and says whether they are new", async () => {
      const base = fresh();
      const deep = path.join(base, "x", "y");
      const [first, again, blocked] = await host.createDirectories([deep, deep, path.join(base, "x", "y", "z")]);
      expect(value(first)).toMatchObject({
        created: true,
        canonicalPath: fs.realpathSync(deep),
      });
      expect(value(again)).toMatchObject({ created: false });
      expect(value(blocked).created).toBe(true);
      fs.writeFileSync(path.join(base, "file"), "");
      const [below] = await host.createDirectories([path.join(base, "file", "below")]);
      expect(below?.ok).toBe(false);
    });

    it("creates a file once under contention, whole", async () => {
      const target = await place();
      const sessions = [host, stage.another(), host, stage.another()];
      const texts = sessions.map((_, index) => `${index}`.repeat(100_000));
      const answers = await Promise.all(
        sessions.map((one, index) => one.createTextFiles([{ ...target, path: "claim", text: texts[index] ?? "" }])),
      );
      const outcomes = answers.map(([answer]) => value(answer));
      expect(outcomes.filter((one) => one === "created")).toHaveLength(1);
      expect(fs.readFileSync(path.join(target.directory, "claim"), "utf8")).toBe(texts[outcomes.indexOf("created")]);
      expect(fs.readdirSync(target.directory)).toEqual(["claim"]);
    });

    it("replaces a file so that a reader never sees a part", async () => {
      const target = await place();
      await host.replaceTextFiles([{ ...target, path: "state", text: "first" }]);
      const seen = new Set<string>();
      let reading = true;
      const reader = (async () => {
        while (reading) {
          seen.add(fs.readFileSync(path.join(target.directory, "state"), "utf8"));
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const texts = Array.from({ length: 20 }, (_, index) => `${index} `.repeat(50_000));
      for (const text of texts) value((await host.replaceTextFiles([{ ...target, path: "state", text }]))[0]);
      reading = false;
      await reader;
      for (const text of seen) expect(["first", ...texts].includes(text)).toBe(true);
      expect(fs.readdirSync(target.directory)).toEqual(["state"]);
    });

    it("moves files within the directory, over what is there, into new folders", async () => {
      const target = await place();
      fs.writeFileSync(path.join(target.directory, "one"), "1");
      fs.writeFileSync(path.join(target.directory, "two"), "2");
      const answers = await host.moveFiles([
        { ...target, from: "one", to: "two" },
        { ...target, from: "nothing", to: "anywhere" },
        { ...target, from: "two", to: "deep/er/three" },
      ]);
      expect(answers.map((one) => one.ok)).toEqual([true, false, true]);
      expect(fs.readFileSync(path.join(target.directory, "deep/er/three"), "utf8")).toBe("1");
    });

    it("removes only empty directories", async () => {
      const [empty, full] = [await place(), await place()];
      fs.writeFileSync(path.join(full.directory, "file"), "");
      const answers = await host.removeEmptyDirectories([empty.directory, full.directory, empty.directory]);
      expect(answers.map(value)).toEqual(["removed", "notEmpty", "absent"]);
    });

    it("refuses links below a directory, and a directory that moved", async () => {
      const [target, outside] = [await place(), await place()];
      fs.writeFileSync(path.join(outside.directory, "precious"), "keep me");
      fs.symlinkSync(outside.directory, path.join(target.directory, "folder"));
      fs.symlinkSync(path.join(outside.directory, "precious"), path.join(target.directory, "file"));
      const at = { ...target, text: "overwritten" };
      const refused = [
        ...(await host.createTextFiles([{ ...at, path: "folder/new" }])),
        ...(await host.replaceTextFiles([
          { ...at, path: "folder/precious" },
          { ...at, path: "file" },
        ])),
        ...(await host.moveFiles([{ ...target, from: "folder/precious", to: "stolen" }])),
        await ended({ ...target, kind: "remove", files: ["folder/precious"] }),
        await ended({ ...target, kind: "remove", files: ["file"] }),
        await ended({ ...target, kind: "hash", files: ["folder/precious"] }),
      ];
      expect(refused.map(kind)).toEqual(refused.map(() => "linkInPath"));
      expect(fs.readdirSync(outside.directory)).toEqual(["precious"]);
      expect(fs.readFileSync(path.join(outside.directory, "precious"), "utf8")).toBe("keep me");
      expect(fs.readdirSync(target.directory).sort()).toEqual(["file", "folder"]);

      const moved = { directory: target.directory, canonicalPath: outside.directory };
      expect(kind((await host.createTextFiles([{ ...moved, path: "x", text: "" }]))[0])).toBe("movedDirectory");
      expect(kind(await ended({ ...moved, kind: "remove", files: ["x"] }))).toBe("movedDirectory");
    });

    it.each(["../out", "a/../../out", "/etc/passwd", "", "a//b", "./a", "a\0b"])("refuses the relative path %j", async (bad) => {
      const target = await place();
      const answers = [
        ...(await host.createTextFiles([{ ...target, path: bad, text: "" }])),
        ...(await host.replaceTextFiles([{ ...target, path: bad, text: "" }])),
        ...(await host.moveFiles([{ ...target, from: bad, to: "ok" }])),
        ...(await host.moveFiles([{ ...target, from: "ok", to: bad }])),
        ...(await host.readDirectories([{ directory: target.directory, texts: [bad], list: true }])),
        await ended({ ...target, kind: "remove", files: [bad] }),
        await ended({ ...target, kind: "hash", files: [bad] }),
      ];
      expect(answers.map(kind)).toEqual(answers.map(() => "invalidParameter"));
    });

    it("hashes files, small and large, and tells the end once", async () => {
      const target = await place();
      const contents = [Buffer.alloc(0), Buffer.from("small"), Buffer.alloc(3 * 1024 * 1024 + 7, "x")];
      const files = contents.map((content, index) => {
        fs.writeFileSync(path.join(target.directory, `f${index}`), content);
        return `f${index}`;
      });
      const [started] = await host.startTasks([{ ...target, kind: "hash", files }]);
      const state = value(await finished(value(started)));
      expect(state).toEqual({
        kind: "hashed",
        files: contents.map((content, index) => ({
          path: `f${index}`,
          bytes: content.length,
          sha256: createHash("sha256").update(content).digest("hex"),
        })),
      });
      expect((await host.poll({ jobs: [], tasks: [value(started)] })).tasks).toEqual([{ ok: true, value: { kind: "cancelled" } }]);
      expect(kind(await ended({ ...target, kind: "hash", files: ["f1", "missing"] }))).toBe("notFound");
      expect(value(await ended({ ...target, kind: "hash", files: [] }))).toEqual({ kind: "hashed", files: [] });
    });

    it("removes files and the folders that this empties, keeps the rest, and counts absence as success", async () => {
      const target = await place();
      fs.mkdirSync(path.join(target.directory, "a", "b"), { recursive: true });
      fs.mkdirSync(path.join(target.directory, "k"));
      for (const file of ["a/b/1", "a/b/2", "k/1", "k/foreign", "top"]) fs.writeFileSync(path.join(target.directory, file), file);
      const state = await ended({ ...target, kind: "remove", files: ["a/b/1", "a/b/2", "k/1", "top", "a/gone"] });
      expect(value(state)).toEqual({ kind: "removed", removed: ["a/b/1", "a/b/2", "k/1", "top"], absent: ["a/gone"] });
      expect(fs.readdirSync(target.directory)).toEqual(["k"]);
      expect(fs.readdirSync(path.join(target.directory, "k"))).toEqual(["foreign"]);
      const gone = { directory: path.join(target.directory, "gone"), canonicalPath: path.join(target.canonicalPath, "gone") };
      expect(value(await ended({ ...gone, kind: "remove", files: ["x"] }))).toEqual({ kind: "removed", removed: [], absent: ["x"] });
    });

    it("cancels tasks, ended and unknown ones too", async () => {
      const target = await place();
      fs.writeFileSync(path.join(target.directory, "large"), Buffer.alloc(64 * 1024 * 1024));
      const [started] = await host.startTasks([{ ...target, kind: "hash", files: ["large"] }]);
      const id = value(started);
      expect((await host.cancelTasks([id, id, "unknown"])).map((one) => one.ok)).toEqual([true, true, true]);
      expect(value(await finished(id))).toEqual({ kind: "cancelled" });
    });

    it("closes in bounded time, with a task running", async () => {
      const session = stage.another();
      const target = await place();
      fs.writeFileSync(path.join(target.directory, "large"), Buffer.alloc(64 * 1024 * 1024));
      await session.startTasks([{ ...target, kind: "hash", files: ["large"] }]);
      const from = performance.now();
      await session.close();
      expect(performance.now() - from).toBeLessThan(2500);
    });

    async function subject() {
      const [answer] = await host.findVirtualMachines([stage.machine]);
      const [machine] = value(answer);
      if (!machine) throw new Error(`no machine ${stage.machine}`);
      return machine;
    }

    async function points(): Promise<[string, string]> {
      const [answer] = await host.listReferencePoints([(await subject()).id]);
      const [older, newer] = value(answer);
      return [older?.id ?? "", newer?.id ?? ""];
    }

    async function request(exportDirectory: string) {
      const [referencePointId] = await points();
      return { virtualMachineId: (await subject()).id, referencePointId, disksToExport: [], exportDirectory };
    }

    async function exported(directory: string): Promise<ExportJob | undefined> {
      const [answer] = await host.exportReferencePoints([await request(directory)]);
      return watched(started(answer));
    }

    async function watched(job: string): Promise<ExportJob | undefined> {
      for (;;) {
        const { jobs } = await host.poll({ jobs: [job], tasks: [] });
        const found = value(jobs[0]);
        if (!found || ![2, 3, 4].includes(found.jobState)) return found;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    async function finished(id: string): Promise<Answer<TaskState>> {
      for (;;) {
        const { tasks } = await host.poll({ jobs: [], tasks: [id] });
        const [answer] = tasks;
        if (answer && !(answer.ok && answer.value.kind === "running")) return answer;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }

    /** An error at the start and one at the end are the same to a caller. */
    async function ended(task: Parameters<Host["startTasks"]>[0][number]): Promise<Answer<unknown>> {
      const [started] = await host.startTasks([task]);
      return started?.ok ? finished(started.value) : (started as Answer<unknown>);
    }
  });
}

export function value<T>(answer: Answer<T> | undefined): T {
  if (!answer) throw new Error("no answer");
  if (!answer.ok) throw answer.error;
  return answer.value;
}

export function kind(answer: Answer<unknown> | undefined): HostErrorKind | "ok" {
  return answer && !answer.ok ? answer.error.kind : "ok";
}

function started(answer: Answer<{ kind: "completed" } | { kind: "job"; path: string }> | undefined): string {
  const start = value(answer);
  if (start.kind !== "job") throw new Error("it completed at once");
  return start.path;
}

function bytesBelow(directory: string): number {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + fs.statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
