import { expect, test } from "vitest";
import { ExampleNights } from "./example-nights";
import { killSeed, randomOf } from "./plan";

const NIGHTS = 30;
/** Of three machines, which is thrice the work: what thirty nights do to a chain, one machine shows. */
const FLEET_NIGHTS = 10;
/** An up is killed every so many nights. */
const KILLED_EVERY = 3;
/** The least that an up of a chain takes from its start to the program, and what its work takes then, in milliseconds. */
const [START_MS, WORK_MS] = [600, 3000];
/** What the state may hold of one machine's thirty nights. */
const STATE_MARK = 6 * 1024;

const up = ["up", "--yes", "--skip-preview"];

/** Moments of kills; the seed repeats them. */
function moments(example: string): () => number {
  const random = randomOf(`${killSeed}, ${example}`);
  return () => Math.round(START_MS + random() * WORK_MS);
}

test("nightly-chain: thirty nights, a third of them killed, leave every generation restorable and none doubled", {
  timeout: 1_200_000,
}, async () => {
  const nights = await ExampleNights.open("nightly-chain", ["SQL01"]);
  const moment = moments("nightly-chain");
  try {
    await nights.configure("directory", nights.at("sql01"));
    for (let night = 1; night <= NIGHTS; night++) {
      await nights.nextNight();
      if (night % KILLED_EVERY === 0) await nights.killedUp(moment());
      await nights.succeed(...up, "--refresh");
      const { generations, attempt, removing } = nights.record(nights.at("sql01"));
      const days = generations.map(({ madeAt }) => madeAt.slice(0, 10));
      expect({ night, attempt, removing, doubled: days.length - new Set(days).size }).toMatchObject({ removing: [], doubled: 0 });
      // The newest fourteen are kept by any reading of the rules, and an old line by none.
      expect(generations.length).toBeGreaterThanOrEqual(Math.min(night, 14));
      expect(await nights.restoreProblems(nights.at("sql01"))).toEqual([]);
      expect((await nights.points()).get("SQL01")).toEqual([generations.at(-1)?.referencePointId]);
    }
    const { generations } = nights.record(nights.at("sql01"));
    expect(generations.length).toBeLessThanOrEqual(NIGHTS);
    expect(generations.map(({ kind }) => kind)).toContain("differential");
    expect(Math.max(...(await nights.stateBytes()))).toBeLessThanOrEqual(STATE_MARK);
    expect(await nights.succeed(...up, "--refresh", "--expect-no-changes")).toContain("unchanged");

    expect((await nights.run("destroy", "--yes", "--skip-preview")).ok).toBe(false);
    expect(await nights.restoreProblems(nights.at("sql01"))).toEqual([]);
    await nights.succeed("state", "unprotect", "--all", "--yes");
    await nights.succeed("destroy", "--yes", "--skip-preview");
    expect(nights.exists("sql01")).toBe(false);
    expect((await nights.points()).get("SQL01")).toEqual([]);
  } finally {
    await nights.close();
  }
});

test("fleet: ten nights of three machines with kills; what leaves the program is protected", { timeout: 1_200_000 }, async () => {
  const machines = ["DC01", "SQL01", "WEB01"];
  const nights = await ExampleNights.open("fleet", machines);
  const directories = machines.map((name) => nights.at(name.toLowerCase()));
  const moment = moments("fleet");
  try {
    await nights.configure("directory", nights.at());
    for (let night = 1; night <= FLEET_NIGHTS; night++) {
      await nights.nextNight();
      await nights.configure("generation", `night-${night}`);
      if (night % KILLED_EVERY === 0) await nights.killedUp(moment());
      await nights.succeed(...up);
      for (const directory of directories) {
        const { generations, removing } = nights.record(directory);
        const asked = generations.map(({ label }) => label);
        expect({ night, directory, removing, newest: asked.at(-1), doubled: asked.length - new Set(asked).size }).toMatchObject({
          removing: [],
          newest: `night-${night}`,
          doubled: 0,
        });
        expect(await nights.restoreProblems(directory)).toEqual([]);
      }
    }
    await nights.succeed("refresh", "--yes", "--skip-preview", "--expect-no-changes");

    await nights.configure("pattern", "WEB*");
    const refused = await nights.run(...up);
    expect(refused.ok).toBe(false);
    expect(refused.text).toContain("protect");
    for (const directory of directories) expect(await nights.restoreProblems(directory)).toEqual([]);
  } finally {
    await nights.close();
  }
});
