import * as fs from "node:fs";
import * as path from "node:path";
import { afterAll, expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { generationOfLine } from "../../provider/domain/export-chain/generation/generation-line";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import type { Intervention } from "../support/decorated-host";
import { wholeNumber } from "../support/environment";
import { inTime } from "../support/in-time";
import { Session } from "../support/session";

const NIGHTS = 30;
const SEEDS = wholeNumber("HYPERV_NIGHT_SEEDS", 4);
const DAY = 86_400_000;
const LONGEST_RUN_MS = 30_000;

/** mulberry32: a small generator whose numbers a seed repeats. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The process dies at the call of that number, before or after it. */
function killedAt(number: number, when: "before" | "after"): { readonly intervene: Intervention; readonly moment: Promise<void> } {
  let tell = () => {};
  const moment = new Promise<void>((resolve) => {
    tell = resolve;
  });
  let dead = false;
  const never = () => new Promise<never>(() => {});
  const intervene: Intervention = async (call, run) => {
    if (dead) return never();
    if (call.number !== number) {
      const answer = await run();
      return dead ? never() : answer;
    }
    if (when === "after") await run().catch(() => {});
    dead = true;
    tell();
    return never();
  };
  return { intervene, moment };
}

const RealDate = Date;
let shift = 0;

/** The clock of this machine, and of the simulated host: it is set from night to night. */
class SetDate extends RealDate {
  constructor(...args: [] | ConstructorParameters<typeof Date>) {
    super(...((args.length === 0 ? [RealDate.now() + shift] : args) as [number]));
  }
  static override now(): number {
    return RealDate.now() + shift;
  }
}
globalThis.Date = SetDate as DateConstructor;
afterAll(() => {
  globalThis.Date = RealDate;
});

/** What may happen between two nights. */
const happenings = {
  nothing: async () => {},
  "a foreign point is made": async (place: ChainScene) => {
    await place.addForeignPoint();
  },
  "the newest point is destroyed": async (place: ChainScene) => {
    const newest = place.record()?.generations.at(-1)?.referencePointId;
    if (newest !== undefined && (await place.pointsThere()).includes(newest)) await place.scene.lab.removeReferencePoint(newest);
  },
  "a generation loses a file": async (place: ChainScene, random: () => number) => {
    const generations = place.record()?.generations ?? [];
    const { label } = generations[Math.floor(random() * generations.length)] ?? { label: "none" };
    const folder = path.join(place.directory, label, "Virtual Hard Disks");
    const [disk] = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    if (disk !== undefined) fs.rmSync(path.join(folder, disk));
  },
  "a generation goes": async (place: ChainScene, random: () => number) => {
    const generations = place.record()?.generations ?? [];
    const { label } = generations[Math.floor(random() * generations.length)] ?? { label: "none" };
    fs.rmSync(path.join(place.directory, label), { recursive: true, force: true });
  },
} as const;

const seeds = Array.from({ length: SEEDS }, (_, index) => index + wholeNumber("HYPERV_NIGHT_SEED", 1));
const cases = seeds.flatMap((seed) => (["referencePoint", "checkpoint"] as const).map((via) => [via, seed] as const));

test.each(cases)(
  "thirty nights via %s with kills, damage and foreign hands: what is called restorable is, and what is not ours stays (seed %i)",
  { timeout: 300_000 },
  async (via, seed) => {
    const random = randomOf(seed);
    const place = await ChainScene.open({}, via);
    shift = RealDate.parse("2026-01-01T02:00:00Z") - RealDate.now();
    const engine = new ChainEngine();
    const keep = { last: 5, daily: 0, weekly: 2, monthly: 1, yearly: 0 };
    const story: string[] = [];
    for (let night = 1; night <= NIGHTS; night++) {
      // Clocks jump, too.
      shift += random() < 0.1 ? Math.floor((random() - 0.5) * 20 * DAY) : DAY;
      await place.work();
      const names = Object.keys(happenings) as (keyof typeof happenings)[];
      const what = random() < 0.4 ? (names[Math.floor(random() * names.length)] ?? "nothing") : "nothing";
      story.push(`night ${night}: ${what}`);
      await happenings[what](place, random);
      const inputs: ChainInputs = place.inputs({ generation: `n${night}`, keep, fullEvery: 4 });
      for (let kill = 0; kill < 2 && random() < 0.6; kill++) {
        const { intervene, moment } = killedAt(1 + Math.floor(random() * 70), random() < 0.5 ? "before" : "after");
        const session = new Session(place.scene, intervene);
        const run = engine.up(session, inputs).catch((error: unknown) => {
          if (!isExportError(error)) throw error;
        });
        await inTime(Promise.race([run, moment]), LONGEST_RUN_MS);
        await session.close();
        await place.remember();
      }
      const session = new Session(place.scene);
      if (random() < 0.5) await engine.refresh(session);
      await inTime(engine.up(session, inputs), LONGEST_RUN_MS);
      await place.remember();
      await engine.refresh(session);
      await session.close();

      const listed = engine.current?.generations.flatMap((line) => generationOfLine(line) ?? []) ?? [];
      const restorable = listed.filter(({ condition }) => condition === "intact").map(({ label }) => label);
      const where = story.join("; ");
      expect(engine.current?.status, where).toBe("intact");
      expect(restorable.at(-1), where).toBe(listed.at(-1)?.label);
      // All that is called restorable is, byte for byte; and nothing else than ours has gone.
      expect(await place.restoreProblems(restorable), where).toEqual([]);
      const newest = place.record()?.generations.at(-1)?.referencePointId;
      const points = (await place.pointsThere()).filter((id) => id !== newest);
      expect(points.sort(), where).toEqual([...place.foreignPoints].sort());
      expect((await place.checkpointsThere()).checkpoints, where).toEqual([]);
      const top = fs.readdirSync(place.directory).filter((name) => name !== "export-chain.json");
      for (const name of top)
        expect(
          listed.map(({ label }) => label),
          where,
        ).toContain(name);
    }
    const session = new Session(place.scene);
    await engine.destroy(session);
    await session.close();
    expect([fs.existsSync(place.directory), (await place.pointsThere()).sort()]).toEqual([false, [...place.foreignPoints].sort()]);
    place.close();
  },
);
