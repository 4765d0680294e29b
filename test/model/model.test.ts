import { expect, it } from "vitest";
import { countFrom, wholeNumber } from "../support/environment";
import { noCounts, runCommands } from "./sequences";

const wanted = countFrom("MODEL_COMMANDS", 2000);
const seed = wholeNumber("MODEL_SEED", 20261124);
const path = process.env.MODEL_PATH;
/** A long run goes on after a failure: what it costs is the way to the next one. */
const mostFailures = countFrom("MODEL_FAILURES", 1);
/** Sequences wait for the clock more than they compute, so some run side by side; each has its own provider process. */
const LANES = path === undefined ? countFrom("MODEL_LANES", 6) : 1;

// The moments of kills are real time, so that two runs of a seed differ, and the model's forecast after a kill can be wrong on a loaded
// machine. A failure is printed with its seed; one of the provider's is found again.
const retry = process.env.MODEL_COMMANDS === undefined ? 1 : 0;

it(`${wanted} commands leave the world as the model says`, { timeout: 24 * 3_600_000, retry }, async () => {
  const counts = noCounts();
  const startedAt = Date.now();
  const replay = path === undefined ? undefined : { path, replayPath: process.env.MODEL_REPLAY ?? "" };
  const lanes = Array.from({ length: LANES }, (_, lane) => runCommands(wanted, seed + lane * 1_000_000, counts, { mostFailures, replay }));
  const failures = (await Promise.all(lanes)).flat().map((failure) => failure.text);
  const kinds = [...counts.byKind].sort(([, a], [, b]) => b - a).map(([kind, times]) => `${kind} ${times}`);
  console.log(
    `model: ${counts.commands} commands in ${counts.sequences} sequences, ${counts.operations} operations of the provider, ` +
      `${counts.kills} kills, ${Math.round((Date.now() - startedAt) / 1000)} s, seed ${seed} (${kinds.join(", ")})`,
  );
  expect(failures.join("\n\n"), "what is wrong, and how to see it again").toBe("");
  expect(counts.commands).toBeGreaterThanOrEqual(replay === undefined ? wanted : 1);
});
