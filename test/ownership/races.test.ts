import * as fs from "node:fs";
import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { Death } from "../support/death";
import type { Intervention, PortCall } from "../support/decorated-host";
import { Engine } from "../support/engine";
import { diskFile } from "../support/exported-files";
import { violations } from "../support/invariants";
import { recordsIn } from "../support/records";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { undisturbed } from "../support/undisturbed";

const OTHER = "urn:pulumi:prod::ops::pulumi-nodejs:dynamic/hyperv:ReferencePointExport::other";

/** Lets something else happen, whole, in the middle of a run: before or after one of its calls. */
function interrupted(where: (call: PortCall) => boolean, when: "before" | "after", other: () => Promise<unknown>): Intervention {
  let done = false;
  return async (call, run) => {
    if (done || !where(call)) return run();
    done = true;
    if (when === "before") await other();
    const answer = await run();
    if (when === "after") await other();
    return answer;
  };
}

async function run(
  scene: Scene,
  engine: Engine,
  changes: { createUrn?: string; exportDirectory?: string },
  intervene?: Intervention,
): Promise<Session> {
  const session = new Session(scene, intervene);
  try {
    await engine.up(session, scene.inputs(changes));
  } finally {
    await session.close();
  }
  return session;
}

async function callsOfCreate(): Promise<string[]> {
  const keys = new Set<string>();
  const scene = await Scene.open();
  await run(scene, new Engine(), {}, (call, go) => {
    keys.add(call.key);
    return go();
  });
  return [...keys];
}

test("two owners that want one directory: one has it, the other is refused, at every point where they can meet", async () => {
  const points = (await callsOfCreate()).flatMap((key) => [
    { key, when: "before" as const },
    { key, when: "after" as const },
  ]);
  let secondWon = 0;
  for (const { key, when } of points) {
    const scene = await Scene.open();
    const errors: unknown[] = [];
    const note = (error: unknown) => errors.push(error);
    const second = () => run(scene, new Engine(), { createUrn: OTHER }).then(() => secondWon++, note);
    let met = false;
    const here = (call: PortCall) => {
      if (call.key === key) met = true;
      return call.key === key;
    };
    await run(scene, new Engine(), {}, interrupted(here, when, second)).catch(note);
    // How often tasks are polled differs from run to run.
    if (!met) continue;
    const codes = errors.map((error) => (isExportError(error) ? error.code : error));
    expect(codes, `they met ${when} ${key}`).toEqual(["directory-owned-by-another"]);
    expect(await scene.calls(), `calls when they met ${when} ${key}`).toBe(1);
    const expected = [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }];
    expect(await violations(scene, expected), `they met ${when} ${key}`).toEqual([]);
  }
  expect(secondWon).toBeGreaterThan(3);
  expect(secondWon).toBeLessThan(points.length - 3);
  console.log(`two owners met at ${points.length} points`);
});

test("a directory that another resource has got and exported the same to meanwhile is that one's, at every point", async () => {
  let taken = 0;
  for (const key of await callsOfCreate()) {
    for (const when of ["before", "after"] as const) {
      const scene = await Scene.open();
      const { exportDirectory } = scene.inputs();
      const second = new Engine();
      let met = false;
      // Somebody clears the directory away, and gives it to another resource.
      const other = async () => {
        met = true;
        fs.rmSync(exportDirectory, { recursive: true, force: true });
        await run(scene, second, { createUrn: OTHER });
      };
      const first = new Engine();
      const error = await run(
        scene,
        first,
        {},
        interrupted((call) => call.key === key, when, other),
      ).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!met) continue;
      const at = `taken ${when} ${key}`;
      const code = isExportError(error) ? error.code : undefined;
      expect(recordsIn(exportDirectory).claim, at).toMatchObject({ exportId: second.current?.exportId, owner: { urn: OTHER } });
      // Who was done by then hears of it by the next refresh.
      if (first.current?.status === "intact" && code === undefined) continue;
      taken++;
      expect(["superseded", "directory-owned-by-another"], at).toContain(code);
      await undisturbed(scene, (session) => second.refresh(session));
      expect([second.current?.status, first.current], at).toEqual(["intact", undefined]);
      expect(await violations(scene, [{ directory: exportDirectory, point: scene.points[0] }]), at).toEqual([]);
    }
  }
  expect(taken).toBeGreaterThan(10);
});

test("a directory and one inside it, wanted at once: one is exported, the other is refused, at every point where they can meet", async () => {
  const keys = await callsOfCreate();
  let innerWon = 0;
  let met = 0;
  for (const isOuterFirst of [true, false]) {
    for (const { key, when } of keys.flatMap((key) => [
      { key, when: "before" as const },
      { key, when: "after" as const },
    ])) {
      const scene = await Scene.open();
      const outer = { exportDirectory: scene.at("exports", "outer") };
      const inner = { exportDirectory: scene.at("exports", "outer", "in", "ner"), createUrn: OTHER };
      const [first, second] = isOuterFirst ? [outer, inner] : [inner, outer];
      const codes: unknown[] = [];
      const note = (error: unknown) => codes.push(isExportError(error) ? error.code : error);
      let isMet = false;
      const here = (call: PortCall) => {
        if (call.key === key) isMet = true;
        return call.key === key;
      };
      const engines = [new Engine(), new Engine()] as const;
      const other = () => run(scene, engines[1], second).catch(note);
      await run(scene, engines[0], first, interrupted(here, when, other)).catch(note);
      if (!isMet) continue;
      met++;
      const at = `${isOuterFirst ? "the outer" : "the inner"} one was stopped ${when} ${key}`;
      expect(codes, at).toHaveLength(1);
      expect(["directory-inside-another-export", "directory-not-empty"], at).toContain(codes[0]);
      const won = engines[0].current ? first : second;
      if (won === inner) innerWon++;
      expect(await scene.calls(), at).toBe(1);
      // A folder in which the inner one was to be may stay: whose it is, nobody can tell any more.
      const wrong = await violations(scene, [{ directory: won.exportDirectory, point: scene.points[0] }]);
      expect(
        wrong.filter((one) => one !== "left behind: exports/outer/in"),
        at,
      ).toEqual([]);
    }
  }
  expect(innerWon).toBeGreaterThan(3);
  expect(innerWon).toBeLessThan(met - 3);
});

test("a second create of the same owner goes on with the job that a dead first one started", async () => {
  const scene = await Scene.open({ bytesPerSecond: 1_500_000 });
  const death = new Death({ key: "poll-jobs#1", when: "after" });
  const first = new Session(scene, death.intervene);
  await Promise.race([new Engine().up(first, scene.inputs()), death.moment]);
  const { jobs } = await scene.lab.describe();
  expect(jobs.map(({ jobState }) => jobState < 7)).toEqual([true]);
  const second = new Engine();
  await run(scene, second, {});
  expect(second.current?.status).toBe("intact");
  expect(await scene.calls()).toBe(1);
  expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
});

test("two creates of the same owner at once make one export", async () => {
  for (const when of ["before", "after"] as const) {
    const scene = await Scene.open({ bytesPerSecond: 1_500_000 });
    const [first, second] = [new Engine(), new Engine()];
    const meet = interrupted(
      (call) => call.key === "poll-jobs#1",
      when,
      () => run(scene, second, {}),
    );
    await run(scene, first, {}, meet);
    expect([first.current?.status, second.current?.status]).toEqual(["intact", "intact"]);
    expect(await scene.calls()).toBe(1);
    expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
  }
});

/** Lets each call wait for a moment of its own, the same in every run, so that two runs meet at many points. */
function dawdling(seed: number): Intervention {
  let state = seed + 1;
  return async (_, go) => {
    state = (state * 48271) % 2147483647;
    await new Promise((resolve) => setTimeout(resolve, state % 12));
    return go();
  };
}

test.each(["create", "repair", "delete"] as const)("two runs of the same %s at once come to what one comes to", async (what) => {
  let refused = 0;
  for (let seed = 0; seed < 12; seed++) {
    const scene = await Scene.open({ synchronousExports: false });
    const engine = new Engine();
    if (what !== "create") await run(scene, engine, {});
    if (what === "repair") {
      fs.rmSync(diskFile(scene));
      await undisturbed(scene, (session) => engine.refresh(session));
    }
    const before = await scene.calls();
    const both = [engine, engine.copy()].map(async (one, index) => {
      const session = new Session(scene, dawdling(seed * 2 + index));
      const work = what === "delete" ? one.destroy(session) : one.up(session, scene.inputs());
      return work.finally(() => session.close());
    });
    const ends = await Promise.allSettled(both);
    const codes = ends.flatMap((end) => (end.status === "rejected" ? [isExportError(end.reason) ? end.reason.code : end.reason] : []));
    expect(codes.length, `seed ${seed}: ${codes}`).toBeLessThan(2);
    for (const code of codes) expect(code).toBe("superseded");
    refused += codes.length;
    expect((await scene.calls()) - before, `seed ${seed}`).toBe(what === "delete" ? 0 : 1);
    const expected = what === "delete" ? [] : [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }];
    expect(await violations(scene, expected), `seed ${seed}`).toEqual([]);
    scene.close();
  }
  if (what === "repair") expect(refused).toBeGreaterThan(0);
});

async function exportToTwo(scene: Scene, sessions: readonly [Session, Session]): Promise<void> {
  const directories = [scene.at("exports", "one"), scene.at("exports", "two")] as const;
  const ups = directories.map((exportDirectory, index) => {
    const createUrn = `${OTHER}-${index}`;
    return new Engine().up(sessions[index] as Session, scene.inputs({ exportDirectory, createUrn }));
  });
  await Promise.all(ups);
  expect(
    await violations(
      scene,
      directories.map((directory) => ({ directory, point: scene.points[0] })),
    ),
  ).toEqual([]);
}

test("two processes that export one machine: the host refuses one with 32775 until the other is done", async () => {
  const scene = await Scene.open({ bytesPerSecond: 500_000 });
  const sessions = [new Session(scene), new Session(scene)] as const;
  await exportToTwo(scene, sessions);
  const codes = (await scene.lab.calls()).map(({ returnCode }) => returnCode);
  expect(codes).toContain(32775);
  expect(codes.filter((code) => code === 4096)).toHaveLength(2);
  const said = sessions.flatMap(({ progress }) => progress).filter((line) => line.includes("trying again in"));
  expect(said.join("\n")).toContain("32775");
});

test("two exports of one machine in one process take turns and are never refused", async () => {
  const scene = await Scene.open({ bytesPerSecond: 1_500_000 });
  const session = new Session(scene);
  await exportToTwo(scene, [session, session]);
  expect((await scene.lab.calls()).map(({ returnCode }) => returnCode)).toEqual([4096, 4096]);
  expect(session.progress.some((line) => line.includes("waiting for other work on SQL01"))).toBe(true);
});
