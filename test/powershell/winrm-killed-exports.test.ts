import { spawn } from "node:child_process";
import * as path from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { Intervention } from "../support/decorated-host";
import { describeWithWinrm } from "../support/describe-with-winrm";
import { type Expected, violations } from "../support/invariants";
import { describeWithPowerShell, setShellEnvironment } from "../support/powershell";
import { RemoteScene } from "../support/remote-scene";
import { cutSeed, cutTimes } from "../support/seeded-moments";
import { kill } from "../support/ssh-way";
import { isWholeWinrm } from "../support/winrm-share";
import { WinrmWay } from "../support/winrm-way";
import { type RemoteStory, remoteStories, Telling } from "./remote-stories";

const LONGEST_MS = 600_000;

/** What ends on the machine's side while a run is at work. */
const ends = {
  "the host's PowerShell is killed": (_way: WinrmWay, shell: number) => kill(shell),
  "the host removes the shell": (way: WinrmWay) => void way.server.endShells(),
} as const;

describeWithPowerShell(`an export over WinRM, something of which is killed (HYPERV_CUT_SEED=${cutSeed})`, (powershell) => {
  describeWithWinrm("(needs openssl on this machine)", () => {
    beforeAll(() => setShellEnvironment());

    const told: readonly RemoteStory[] = isWholeWinrm ? Object.values(remoteStories) : [remoteStories.create];

    /** @param there exports of earlier tellings; this one's is added */
    const rightAfter = async (
      stage: RemoteScene<WinrmWay>,
      telling: Telling,
      before: number,
      story: RemoteStory,
      why: string,
      there: Expected[] = [],
    ) => {
      const next = stage.session();
      expect(await telling.run(next), `the next run, after ${why}`).toBeUndefined();
      await next.close();
      expect((await telling.calls()) - before, "calls of ExportReferencePoint").toBe(story.exports);
      there.push(...telling.expected());
      expect(await violations(stage.scene, there)).toEqual([]);
    };

    for (const [name, end] of Object.entries(ends)) {
      it.concurrent.each(told)(
        `is put right by the next run after ${name} during $name`,
        async (story) => {
          const stage = await RemoteScene.open(powershell, WinrmWay.open);
          try {
            const telling = new Telling(story, stage);
            const prepared = stage.session();
            await telling.before(prepared);
            await prepared.close();
            const before = await telling.calls();
            const host = stage.way.host();
            const { processId } = await host.greeting();
            let calls = 0;
            const intervene: Intervention = async (_, run) => {
              if (calls++ === 3 + cutSeed) setTimeout(() => end(stage.way, processId), cutSeed % 30);
              return run();
            };
            const session = stage.session(intervene, host);
            const code = await telling.run(session);
            await session.close();
            expect(calls).toBeGreaterThan(3 + cutSeed);
            await rightAfter(stage, telling, before, story, code ?? "a good end");
            await stage.way.nothingLeft();
          } finally {
            await stage.close();
          }
        },
        LONGEST_MS,
      );
    }

    it.concurrent(
      "is put right by the next run after the provider is killed; the host ends what it left",
      async () => {
        const stage = await RemoteScene.open(powershell, WinrmWay.open);
        try {
          const there: Expected[] = [];
          let providersKilled = 0;
          const moments = Array.from({ length: (isWholeWinrm ? 3 : 1) * cutTimes }, (_, index) => 4 + ((index + cutSeed) % 8));
          for (const dieAt of moments) {
            const telling = new Telling(remoteStories.create, stage);
            const request = { verb: "create", inputs: telling.inputs, state: undefined, address: stage.way.address, dieAt, afterMs: dieAt };
            if ((await victim(request)) === "killed") providersKilled++;
            // At once: what the killed one has left may still be at work.
            await rightAfter(stage, telling, 0, remoteStories.create, "a kill of the provider", there);
          }
          expect(providersKilled).toBeGreaterThan(0);
          await stage.way.nothingLeft();
        } finally {
          await stage.close();
        }
      },
      LONGEST_MS,
    );
  });
});

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
