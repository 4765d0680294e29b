import { afterAll, expect, test } from "vitest";
import type { ChainState } from "../../provider/domain/export-chain/outputs";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { ChainEngine } from "../support/chain-engine";
import { ChainScene } from "../support/chain-scene";
import { countFrom } from "../support/environment";
import { Session } from "../support/session";
import { runVictim } from "./run-victim";

const victim = (request: object) => runVictim<ChainState>("chain-victim.mjs", request);

/** Moments between two that are tried: each costs a process. HYPERV_KILL_EVERY=1 tries them all. */
const EVERY = countFrom("HYPERV_KILL_EVERY", 8);
const AT_ONCE = 3;
const LAST_ONE: Partial<ChainInputs> = { generation: "n4", keep: { last: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 } };
let killed = 0;

async function undisturbed(place: ChainScene, work: (session: Session) => Promise<unknown>): Promise<void> {
  const session = new Session(place.scene);
  await work(session);
  await session.close();
  await place.remember();
}

async function chainOfThree(): Promise<{ place: ChainScene; engine: ChainEngine }> {
  const place = await ChainScene.open();
  const engine = new ChainEngine();
  for (const generation of ["n1", "n2", "n3"]) {
    await place.work();
    await undisturbed(place, (session) => engine.up(session, place.inputs({ generation })));
  }
  await place.work();
  place.scene.putForeign("chains", "sql01", "notes.txt");
  return { place, engine };
}

/** What the next run of each is, and what it leaves. The second one is put right after a look, as by up --refresh. */
const stories = {
  "a destroy": { verb: "delete", isRefreshed: false, after: [] },
  "a destroy, and a refresh": { verb: "delete", isRefreshed: true, after: [] },
  "an up that lets a line go": { verb: "update", isRefreshed: false, after: ["n4"] },
} as const;

/** The number of moments of an undisturbed run, or undefined after a kill from which everything recovered. */
async function killAt({ verb, isRefreshed, after }: (typeof stories)[keyof typeof stories], dieAt: number): Promise<number | undefined> {
  const { place, engine } = await chainOfThree();
  const inputs = place.inputs(LAST_ONE);
  const told = await victim({ labDirectory: place.scene.labDirectory, verb, inputs, state: engine.current, dieAt });
  await place.remember();
  if (told) engine.current = told.state ?? undefined;
  else killed++;
  expect(await place.restoreProblems(), `what is listed after a kill at moment ${dieAt}`).toEqual([]);
  if (isRefreshed) await undisturbed(place, (session) => engine.refresh(session));
  await undisturbed(place, (session) => (verb === "delete" ? engine.destroy(session) : engine.up(session, inputs)));
  expect(await place.violations(after), `killed at moment ${dieAt}`).toEqual([]);
  place.close();
  return told?.moments;
}

for (const [name, story] of Object.entries(stories)) {
  test(`${name} of a chain, in a process that is killed at any moment of a call, is put right by the next run`, {
    timeout: 1_800_000 / EVERY,
  }, async () => {
    const moments = (await killAt(story, 0)) ?? 0;
    expect(moments).toBeGreaterThan(20);
    const due = Array.from({ length: Math.ceil(moments / EVERY) }, (_, index) => 1 + index * EVERY);
    const tried = due.length;
    let survived = 0;
    const work = async () => {
      for (let dieAt = due.shift(); dieAt !== undefined; dieAt = due.shift()) {
        if ((await killAt(story, dieAt)) !== undefined) survived++;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    // How often a job is polled differs from run to run, so the last moments may not come.
    expect(survived).toBeLessThan(tried);
  });
}

afterAll(() => console.log(`${killed} processes killed in the middle of a change of a chain`));
