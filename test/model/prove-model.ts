import { expect, it } from "vitest";
import { countFrom, wholeNumber } from "../support/environment";
import { type AnyStep, type Model, noCounts, play, runCommands } from "./sequences";

export interface Extent {
  /** Commands that the tests run; a long run gives MODEL_COMMANDS. */
  readonly commands: number;
  /** Sequences at once. Those that wait for the clock more than they compute may run side by side. */
  readonly lanes: number;
  /** Options of `npm run model` that another sequence would come of. */
  readonly options?: string;
}

/** One test: random commands, from a fixed seed or that of a long run, leave the world as the model says. */
export function proveModel<Step extends AnyStep, Setting>(
  model: Model<Step, Setting>,
  { commands, lanes: usualLanes, options = "" }: Extent,
): void {
  const wanted = countFrom("MODEL_COMMANDS", commands);
  const seed = wholeNumber("MODEL_SEED", 20261124);
  const path = process.env.MODEL_PATH;
  /** A long run goes on after a failure: what it costs is the way to the next one. */
  const mostFailures = countFrom("MODEL_FAILURES", 1);
  const laneCount = path === undefined && usualLanes > 1 ? countFrom("MODEL_LANES", usualLanes) : 1;

  // Kills and jobs take real time, so that two runs of a seed differ, and the model's forecast after a kill can be wrong on a loaded
  // machine. A failure is printed with its seed; one of the provider's is found again.
  const retry = process.env.MODEL_COMMANDS === undefined ? 1 : 0;

  it(`${wanted} commands leave the world as the model of ${model.name} says`, { timeout: 24 * 3_600_000, retry }, async () => {
    const counts = noCounts();
    const startedAt = performance.now();
    const replay = path === undefined ? undefined : { path, replayPath: process.env.MODEL_REPLAY ?? "" };
    const lanes = Array.from({ length: laneCount }, (_, lane) =>
      runCommands(model, { wanted, seed: seed + lane * 1_000_000, counts, mostFailures, replay, options }),
    );
    const failures = (await Promise.all(lanes)).flat();
    const kinds = [...counts.byKind].sort(([, a], [, b]) => b - a).map(([kind, times]) => `${kind} ${times}`);
    console.log(
      `model of ${model.name}: ${counts.commands} commands in ${counts.sequences} sequences, ${counts.operations} operations of the provider, ` +
        `${counts.kills} kills, ${Math.round((performance.now() - startedAt) / 1000)} s, seed ${seed} (${kinds.join(", ")})`,
    );
    expect(failures.join("\n\n"), "what is wrong, and how to see it again").toBe("");
    expect(counts.commands).toBeGreaterThanOrEqual(replay === undefined ? wanted : 1);
  });
}

/** A sequence that failed once, and what must not be wrong any more. */
export interface Regression<Step, Setting> {
  readonly name: string;
  readonly setting: Setting;
  readonly steps: readonly Step[];
}

/** One test each. */
export function proveRegressions<Step extends AnyStep, Setting>(
  model: Model<Step, Setting>,
  regressions: readonly Regression<Step, Setting>[],
): void {
  it.each(regressions)("$name", async ({ steps, setting }) => {
    const stage = await model.stage();
    expect(await play(steps, await stage.open(setting))).toBeUndefined();
    await stage.close();
  });
}
