import * as fs from "node:fs";
import * as path from "node:path";
import { expect, vi } from "vitest";
import { jobOutcome } from "../../provider/domain/hyperv/job-state";
import type { Answer, CheckpointJob, ExportRequest, Place, PointKey, Task, TaskState } from "../../provider/host/port";
import type { PowerShellHost } from "../../provider/host/powershell/index";
import type { Simulator } from "../../provider/host/simulator/index";

/** Where a verb is tried: a folder for its files, and the lab behind the host's WMI. */
export interface Stage {
  readonly folder: string;
  readonly lab: Simulator;
  readonly virtualMachineId: string;
  readonly referencePointId: string;
}

/** One request, and what it may be answered. */
export interface Question {
  readonly ask: (host: PowerShellHost) => Promise<unknown>;
  /** Fails where this is no right answer to it when it is asked for the first time. */
  readonly first: (answer: never) => void;
  /** The same when nobody knows whether it was done before. */
  readonly again: (answer: never) => void | Promise<void>;
}

/** What is asked at once, and what must hold whether it was answered or not. */
export interface Round {
  readonly questions: readonly Question[];
  readonly always?: () => void | Promise<void>;
}

/** A round, made anew each time: its files are in a directory that nothing else uses. */
export type Verb = (stage: Stage) => Promise<Round>;

const AT_ONCE = 8;

export const verbs: Readonly<Record<string, Verb>> = {
  "looks at directories": async (stage) => ({
    questions: several((index) => {
      const { directory } = directoryWith(stage, { text: `${index} `.repeat(2000) });
      return alike(
        (host) => host.readDirectories([{ directory, texts: ["text"], list: true }]),
        (answers: Answer<unknown>[]) => {
          expect(values(answers)).toMatchObject([{ texts: { text: `${index} `.repeat(2000) }, entries: [{ path: "text", kind: "file" }] }]);
        },
      );
    }),
  }),

  "surveys directories": async (stage) => ({
    questions: several((index) => {
      const parent = directoryWith(stage, {}).directory;
      fs.mkdirSync(path.join(parent, "one"));
      fs.writeFileSync(path.join(parent, "one", "marker"), `owner ${index}`);
      return alike(
        (host) => host.surveyDirectories([{ parent, marker: "marker", containing: "owner", texts: ["marker"] }]),
        (answers: Answer<unknown>[]) => {
          expect(values(answers)).toMatchObject([
            [{ directory: path.join(parent, "one"), report: { texts: { marker: `owner ${index}` } } }],
          ]);
        },
      );
    }),
  }),

  "creates directories": async (stage) => ({
    questions: several(() => {
      const directory = path.join(directoryWith(stage, {}).directory, "new");
      return {
        ask: (host) => host.createDirectories([{ directory }]),
        first: (answers: Answer<unknown>[]) => expect(values(answers)).toMatchObject([{ canonicalPath: directory, created: true }]),
        again: (answers: Answer<unknown>[]) => {
          expect(values(answers)).toMatchObject([{ canonicalPath: directory }]);
          expect(fs.statSync(directory).isDirectory()).toBe(true);
        },
      };
    }),
  }),

  "removes empty directories": async (stage) => ({
    questions: several((index) => {
      const { directory } = directoryWith(stage, index % 2 === 0 ? {} : { foreign: "stays" });
      const outcome = index % 2 === 0 ? "removed" : "notEmpty";
      return {
        ask: (host) => host.removeEmptyDirectories([{ directory }]),
        first: (answers: Answer<unknown>[]) => expect(values(answers)).toEqual([outcome]),
        again: (answers: Answer<unknown>[]) => {
          expect(index % 2 === 0 ? ["removed", "absent"] : ["notEmpty"]).toContain(values(answers)[0]);
          expect(fs.existsSync(directory)).toBe(index % 2 !== 0);
        },
      };
    }),
  }),

  "creates text files": async (stage) => {
    const place = directoryWith(stage, {});
    const text = (name: string) => `${name}\n`.repeat(1000);
    const read = (name: string) => fs.readFileSync(path.join(place.directory, name), "utf8");
    return {
      questions: several((index) => ({
        ask: (host) => host.createTextFiles([{ ...place, path: `file-${index}`, text: text(`file-${index}`) }]),
        first: (answers: Answer<unknown>[]) => expect(values(answers)).toEqual(["created"]),
        again: async (answers: Answer<unknown>[]) => {
          expect(["created", "exists"]).toContain(values(answers)[0]);
          // The shell that was cut off may be writing it still.
          await vi.waitFor(() => expect(read(`file-${index}`)).toBe(text(`file-${index}`)), { timeout: 20_000 });
        },
      })),
      always: () => {
        for (const name of fs.readdirSync(place.directory).filter((one) => one.startsWith("file-"))) {
          // Beside the file lies what was written of it when its shell was killed.
          expect(text(name.replace(/\.[0-9a-f]{12}\.tmp$/, "")).startsWith(read(name))).toBe(true);
        }
      },
    };
  },

  "replaces text files": async (stage) => {
    const former = "former ".repeat(1000);
    const latter = "latter ".repeat(1000);
    const place = directoryWith(stage, { file: former });
    return {
      questions: [
        alike(
          (host) => host.replaceTextFiles([{ ...place, path: "file", text: latter }]),
          (answers: Answer<unknown>[]) => {
            values(answers);
            expect(fs.readFileSync(path.join(place.directory, "file"), "utf8")).toBe(latter);
          },
        ),
      ],
      always: () => expect([former, latter]).toContain(fs.readFileSync(path.join(place.directory, "file"), "utf8")),
    };
  },

  "moves files": async (stage) => {
    const place = directoryWith(
      stage,
      Object.fromEntries(Array.from({ length: AT_ONCE }, (_, index) => [`from-${index}`, `text ${index}`])),
    );
    const there = (name: string) => fs.existsSync(path.join(place.directory, name));
    return {
      questions: several((index) => ({
        ask: (host) => host.moveFiles([{ ...place, from: `from-${index}`, to: `to-${index}` }]),
        first: (answers: Answer<unknown>[]) => values(answers),
        // What has been moved is no longer where it came from.
        again: () => expect([there(`from-${index}`), there(`to-${index}`)]).toEqual([false, true]),
      })),
      always: () => {
        for (let index = 0; index < AT_ONCE; index++) {
          expect([there(`from-${index}`), there(`to-${index}`)].filter(Boolean)).toHaveLength(1);
          const name = there(`to-${index}`) ? `to-${index}` : `from-${index}`;
          expect(fs.readFileSync(path.join(place.directory, name), "utf8")).toBe(`text ${index}`);
        }
      },
    };
  },

  "works on files": async (stage) => {
    const place = directoryWith(stage, { kept: "kept", removed: "removed" });
    const hash = { ...place, kind: "hash", files: ["kept"] } as const;
    const remove = { ...place, kind: "remove", files: ["removed"] } as const;
    return {
      questions: [
        alike(
          (host) => endOfTask(host, hash),
          (state: TaskState) => {
            // A task whose session is gone is over: it is started again.
            if (state.kind !== "cancelled") expect(state).toMatchObject({ kind: "hashed", files: [{ path: "kept", bytes: 4 }] });
          },
        ),
        alike(
          (host) => endOfTask(host, remove),
          (state: TaskState) => expect(["removed", "cancelled"]).toContain(state.kind),
        ),
      ],
      always: () => expect(fs.readFileSync(path.join(place.directory, "kept"), "utf8")).toBe("kept"),
    };
  },

  "looks for machines and points": async ({ virtualMachineId, referencePointId }) => ({
    questions: [
      ...["SQL01", "WEB01", "nobody"].map((name) =>
        alike(
          (host) => host.findVirtualMachines([name]),
          (answers: Answer<unknown>[]) => expect(values(answers)).toMatchObject([name === "nobody" ? [] : [{ name }]]),
        ),
      ),
      alike(
        (host) => host.listReferencePoints([virtualMachineId]),
        ([answer]: Answer<{ id: string }[]>[]) => expect(values([answer])[0]?.map(({ id }) => id)).toContain(referencePointId),
      ),
    ],
  }),

  "exports and cancels": async (stage) => {
    const { directory: exportDirectory } = directoryWith(stage, {});
    const { virtualMachineId, referencePointId } = stage;
    const request: ExportRequest = { virtualMachineId, referencePointId, disksToExport: [], exportDirectory };
    let asked = 0;
    return {
      questions: [
        {
          ask: async (host) => {
            // As whoever exports does: nobody calls for a second time what may have been called already.
            const [found] = values(await host.findExportJobs([exportDirectory]));
            let job = found?.[0]?.path;
            if (job === undefined) {
              asked++;
              const [start] = values(await host.exportReferencePoints([request]));
              job = start?.kind === "job" ? start.path : "";
            }
            const { jobs } = await host.poll({ jobs: [job], tasks: [] });
            values(await host.terminateJobs([job]));
            return values(jobs)[0];
          },
          first: (job: unknown) => expect(job).toMatchObject({ exportDirectory, referencePointId }),
          again: (job: unknown) => expect(job).toMatchObject({ exportDirectory, referencePointId }),
        },
      ],
      always: async () => {
        const calls = (await stage.lab.calls()).filter(
          (call) => call.method === "ExportReferencePoint" && call.exportDirectory === exportDirectory,
        );
        expect(calls.length).toBeLessThanOrEqual(Math.min(asked, 1));
      },
    };
  },

  "makes and destroys points": async (stage) => {
    const disks = [{ name: "disk.vhdx", bytes: 512 }];
    const { id: virtualMachineId } = await stage.lab.addVirtualMachine({ name: `POINT-${++directories}`, disks });
    let asked = 0;
    return {
      questions: [
        {
          ask: async (host) => {
            // As with exports: nobody calls for a second time what may have been called already.
            const [found] = values(await host.findPointJobs([virtualMachineId]));
            let job = found?.jobs[0]?.path;
            if (job === undefined) {
              asked++;
              const [start] = values(await host.createReferencePoints([{ virtualMachineId, consistency: "crash" }]));
              job = start?.kind === "job" ? start.path : "";
            }
            const referencePointId = await madeBy(host, job);
            await destroyed(host, { virtualMachineId, referencePointId });
            return referencePointId;
          },
          first: (id: string) => expect(id).toMatch(/^Microsoft:/),
          again: (id: string) => expect(id === "" || id.startsWith("Microsoft:")).toBe(true),
        },
      ],
      always: async () => {
        const ofMachine = (await stage.lab.pointCalls()).filter((call) => call.virtualMachineId === virtualMachineId);
        expect(ofMachine.filter((call) => call.method === "CreateReferencePoint").length).toBeLessThanOrEqual(Math.min(asked, 1));
      },
    };
  },

  "makes, exports and converts checkpoints": async (stage) => {
    const disks = [{ name: "disk.vhdx", bytes: 512 }];
    const { id: virtualMachineId } = await stage.lab.addVirtualMachine({ name: `CHECKPOINT-${++directories}`, disks });
    const { directory: exportDirectory } = directoryWith(stage, {});
    let asked = 0;
    return {
      questions: [
        {
          ask: async (host) => {
            // As with exports: nobody calls for a second time what may have been called already.
            const jobs = values(await host.findCheckpointJobs([virtualMachineId]))[0]?.jobs ?? [];
            if (!jobs.some(({ work }) => work === "create")) {
              asked++;
              values(await host.createCheckpoints([{ virtualMachineId, consistency: "crash", ignoreUnsupportedDisks: false }]));
            }
            await quiet(host, virtualMachineId);
            const [found] = values(await host.listCheckpoints([virtualMachineId]));
            const checkpointId = found?.checkpoints[0]?.id;
            if (checkpointId === undefined) return "converted";
            if (!(await quiet(host, virtualMachineId)).some(({ work }) => work === "export"))
              values(await host.exportCheckpoints([{ virtualMachineId, checkpointId, intent: "merge", exportDirectory }]));
            await quiet(host, virtualMachineId);
            const [answer] = await host.convertCheckpoints([{ virtualMachineId, checkpointId }]);
            if (!answer?.ok && answer?.error.kind !== "invalidState") throw answer?.error;
            await quiet(host, virtualMachineId);
            return "converted";
          },
          first: (end: string) => expect(end).toBe("converted"),
          again: (end: string) => expect(end).toBe("converted"),
        },
      ],
      always: async () => {
        const begun = (await stage.lab.checkpointCalls()).filter(
          (call) => call.virtualMachineId === virtualMachineId && call.returnCode === 4096,
        );
        const count = (method: string) => begun.filter((call) => call.method === method).length;
        expect(count("CreateSnapshot")).toBeLessThanOrEqual(Math.min(asked, 1));
        for (const method of ["ExportSystemDefinition", "ConvertToReferencePoint"]) expect(count(method)).toBeLessThanOrEqual(1);
      },
    };
  },
};

let directories = 0;

function directoryWith({ folder }: Stage, files: Readonly<Record<string, string>>): Place {
  const directory = path.join(folder, `directory-${++directories}`);
  fs.mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(directory, name), text);
  return { directory, canonicalPath: directory };
}

function several(question: (index: number) => Question): Question[] {
  return Array.from({ length: AT_ONCE }, (_, index) => question(index));
}

/** A question that is answered the same however often it is asked. */
function alike<Result>(ask: (host: PowerShellHost) => Promise<Result>, right: (answer: never) => void): Question {
  return { ask, first: right, again: right };
}

/** The values of answers that are all good. */
export function values<Value>(answers: readonly (Answer<Value> | undefined)[]): Value[] {
  return answers.map((answer) => {
    if (!answer?.ok) throw answer?.error ?? new Error("no answer");
    return answer.value;
  });
}

/** The point that a job has made; empty where it is gone again. */
async function madeBy(host: PowerShellHost, job: string): Promise<string> {
  for (;;) {
    const [found] = values((await host.poll({ jobs: [], pointJobs: [job], tasks: [] })).pointJobs);
    if (found === undefined || jobOutcome(found.jobState) !== "running") return found?.referencePointId ?? "";
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A point may be asked to go any number of times: one that is going already is refused, one that is gone is absent. */
async function destroyed(host: PowerShellHost, point: PointKey): Promise<void> {
  for (;;) {
    const [answer] = await host.destroyReferencePoints([point]);
    if (answer?.ok && answer.value.kind === "absent") return;
    if (!answer?.ok && answer?.error.kind !== "invalidState") throw answer?.error;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until no job about a checkpoint runs; those of the machine. */
async function quiet(host: PowerShellHost, virtualMachineId: string): Promise<readonly CheckpointJob[]> {
  for (;;) {
    const jobs = values(await host.findCheckpointJobs([virtualMachineId]))[0]?.jobs ?? [];
    if (jobs.every(({ jobState, work }) => work === "merge" || jobOutcome(jobState) !== "running")) return jobs;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function endOfTask(host: PowerShellHost, task: Task): Promise<TaskState> {
  const [id = ""] = values(await host.startTasks([task]));
  for (;;) {
    const [state] = values((await host.poll({ jobs: [], tasks: [id] })).tasks);
    if (state !== undefined && state.kind !== "running") return state;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
