import { spawn } from "node:child_process";
import * as path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Intervention } from "../support/decorated-host";
import { describeWithSshd } from "../support/describe-with-sshd";
import { type Expected, violations } from "../support/invariants";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { RemoteScene } from "../support/remote-scene";
import { cutSeed, cutTimes } from "../support/seeded-moments";
import { kill, SshWay } from "../support/ssh-way";
import { type RemoteStory, remoteStories, Telling } from "./remote-stories";
import { isAlive, until } from "./shell-room";

const LONGEST_MS = 900_000;
/** From the call of the port to the end of the process: before it has been sent, while it is worked on, after its answer. */
const LONGEST_DELAY_MS = 30;

/** Which call of a run meets the end, as a part of all its calls, and how long after it was made. */
interface Moment {
  readonly part: number;
  readonly afterMs: number;
}

function moments(salt: number, count: number): Moment[] {
  const moment = fc.record({
    part: fc.noBias(fc.integer({ min: 0, max: 999 })).map((part) => part / 1000),
    afterMs: fc.noBias(fc.integer({ min: 0, max: LONGEST_DELAY_MS })),
  });
  return fc.sample(moment, { seed: cutSeed * 1000 + salt, numRuns: count * cutTimes });
}

const describeMoment = ({ part, afterMs }: Moment) => `${(part * 100).toFixed(1)} % of the calls + ${afterMs} ms`;

/** What ends, or stops, on the way from a session to Hyper-V. */
const ends = {
  "the ssh client is killed": ({ way }, _shell) => killAll(way.clients()),
  "sshd's session is killed": ({ way }, _shell) => killAll(way.sshdSessions()),
  "the host's PowerShell is killed": (_stage, shell) => kill(shell),
  "the host's PowerShell is stopped": (_stage, shell) => kill(shell, "SIGSTOP"),
} as const satisfies Record<string, (stage: RemoteScene<SshWay>, shell: number) => void>;

describeWithPowerShell(`an export over SSH, something of which is killed (HYPERV_CUT_SEED=${cutSeed})`, (powershell) => {
  describeWithSshd(() => {
    let killed = 0;
    beforeAll(() => setShellEnvironment());
    afterAll(() => console.log(`${killed} processes killed or stopped during exports over SSH (HYPERV_CUT_SEED=${cutSeed})`));

    /** How many calls of the port a run makes that nothing disturbs. */
    const countCalls = async (story: RemoteStory): Promise<number> => {
      const stage = await RemoteScene.open(powershell, SshWay.open);
      const telling = new Telling(story, stage);
      let calls = 0;
      let isRunning = false;
      const session = stage.session(async (_, run) => {
        if (isRunning) calls++;
        return run();
      });
      try {
        await telling.before(session);
        isRunning = true;
        expect(await telling.run(session)).toBeUndefined();
        return calls;
      } finally {
        await session.close();
        await stage.close();
      }
    };

    const counted = new Map<RemoteStory, Promise<number>>();
    const callsOf = (story: RemoteStory): Promise<number> => {
      const calls = counted.get(story) ?? countCalls(story);
      counted.set(story, calls);
      return calls;
    };

    const rightAfter = async (
      stage: RemoteScene<SshWay>,
      telling: Telling,
      callsBefore: number,
      story: RemoteStory,
      there: Expected[],
      why: string,
    ) => {
      const next = stage.session();
      expect(await telling.run(next), `the next run, after ${why}`).toBeUndefined();
      await next.close();
      expect((await telling.calls()) - callsBefore, "calls of ExportReferencePoint").toBe(story.exports);
      there.push(...telling.expected());
      expect(await violations(stage.scene, there)).toEqual([]);
    };

    /** A run during which something ends. */
    const endDuring = async (
      stage: RemoteScene<SshWay>,
      story: RemoteStory,
      end: keyof typeof ends,
      at: number,
      afterMs: number,
      there: Expected[],
    ) => {
      const telling = new Telling(story, stage);
      const prepared = stage.session();
      await telling.before(prepared);
      await prepared.close();
      const callsBefore = await telling.calls();
      const host = stage.way.host();
      const { processId } = await host.greeting();
      let calls = 0;
      const intervene: Intervention = async (_, run) => {
        if (calls++ === at) {
          killed++;
          setTimeout(() => ends[end](stage, processId), afterMs);
        }
        return run();
      };
      const session = stage.session(intervene, host);
      const code = await telling.run(session);
      await session.close();
      await until(() => stage.way.clients().length === 0, 250);
      await rightAfter(stage, telling, callsBefore, story, there, code ?? "a good end");
      if (end === "the host's PowerShell is stopped") {
        // What it was asked before it stopped, nobody wants from it any more.
        kill(processId, "SIGCONT");
        await until(() => !isAlive(processId));
        expect((await telling.calls()) - callsBefore, "calls of ExportReferencePoint after it went on").toBe(story.exports);
        expect(await violations(stage.scene, there)).toEqual([]);
      }
      await until(() => !isAlive(processId));
    };

    for (const [salt, end] of (Object.keys(ends) as (keyof typeof ends)[]).entries()) {
      const chosen = moments(200 + salt, 2);
      it.concurrent(
        `is put right by the next run after ${end}, at ${chosen.map(describeMoment).join(", ")}`,
        async () => {
          const stage = await RemoteScene.open(powershell, SshWay.open);
          try {
            const there: Expected[] = [];
            for (const [index, { part, afterMs }] of chosen.entries()) {
              const story = stories[(index + salt + cutSeed) % stories.length] as RemoteStory;
              const calls = await callsOf(story);
              await endDuring(stage, story, end, Math.floor(part * calls), afterMs, there);
            }
            await stage.way.nothingLeft();
          } finally {
            await stage.close();
          }
        },
        LONGEST_MS,
      );
    }

    it.concurrent(
      "does nothing that it was asked before PowerShell was stopped and given up",
      async () => {
        const stage = await RemoteScene.open(powershell, SshWay.open);
        try {
          const telling = new Telling(remoteStories.create, stage);
          const host = stage.way.host();
          const { processId } = await host.greeting();
          let stopped = false;
          const session = stage.session(async (call, run) => {
            if (call.method === "exportReferencePoints" && !stopped) {
              stopped = true;
              killed++;
              kill(processId, "SIGSTOP");
            }
            return run();
          }, host);
          expect(await telling.run(session)).toBeUndefined();
          await session.close();
          expect(stopped).toBe(true);
          await rightAfter(stage, telling, 0, remoteStories.create, [], "a good end");
          kill(processId, "SIGCONT");
          await until(() => !isAlive(processId));
          expect(await telling.calls()).toBe(1);
          await stage.way.nothingLeft();
        } finally {
          await stage.close();
        }
      },
      LONGEST_MS,
    );

    const provider = moments(300, 3);
    it.concurrent(
      `is put right by the next run after the provider is killed, at ${provider.map(describeMoment).join(", ")}`,
      async () => {
        const stage = await RemoteScene.open(powershell, SshWay.open);
        try {
          const there: Expected[] = [];
          let providersKilled = 0;
          for (const [index, { part, afterMs }] of provider.entries()) {
            const verb = verbs[(index + cutSeed) % verbs.length] as keyof typeof remoteStories;
            const story = remoteStories[verb];
            const calls = await callsOf(story);
            const telling = new Telling(story, stage);
            const prepared = stage.session();
            await telling.before(prepared);
            await prepared.close();
            const callsBefore = await telling.calls();
            const request = { verb, inputs: telling.inputs, state: telling.engine.current, address: stage.way.address };
            // How often a job is polled differs from run to run, so the call at which it is to die may not come.
            if ((await victim({ ...request, dieAt: 1 + Math.floor(part * calls), afterMs })) === "killed") providersKilled++;
            // At once: what the killed one has left may still be at work.
            await rightAfter(stage, telling, callsBefore, story, there, "a kill of the provider");
            await stage.way.nothingLeft();
          }
          expect(providersKilled).toBeGreaterThan(0);
          killed += providersKilled;
        } finally {
          await stage.close();
        }
      },
      LONGEST_MS,
    );
  });
});

function killAll(pids: readonly number[]): void {
  for (const pid of pids) kill(pid);
}

const stories: readonly RemoteStory[] = Object.values(remoteStories);
const verbs = Object.keys(remoteStories);

/** Runs the operation in a process of its own. */
function victim(request: object): Promise<"killed" | "ended"> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "remote-victim.mjs")], { stdio: ["pipe", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => {
    complaint += data;
  });
  child.stdin.end(JSON.stringify(request));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (signal === "SIGKILL") resolve("killed");
      else if (code === 0) resolve("ended");
      else reject(new Error(`the victim ended with ${code}: ${complaint}`));
    });
  });
}
