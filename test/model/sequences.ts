import fc from "fast-check";
import { type Layout, layoutsOfModel } from "../support/layouts";
import { killWeight, type Step, step } from "./commands";
import { labTemplate } from "./lab-template";
import { ProviderPool } from "./provider-pool";
import { Run } from "./run";

const LONGEST_SEQUENCE = 150;
/** A failure is made small for at most this long. */
const SHRINKING_MS = 12_000;

export interface Counts {
  commands: number;
  operations: number;
  sequences: number;
  kills: number;
  readonly byKind: Map<string, number>;
}

class StepCommand implements fc.AsyncCommand<Run, Run> {
  constructor(
    readonly step: Step,
    private readonly counts: Counts,
  ) {}

  check(run: Run): boolean {
    return run.applies(this.step);
  }

  async run(run: Run): Promise<void> {
    this.counts.commands++;
    this.counts.byKind.set(this.step.do, (this.counts.byKind.get(this.step.do) ?? 0) + 1);
    await run.do(this.step);
  }

  toString(): string {
    return JSON.stringify(this.step);
  }
}

export interface Failure {
  /** What was wrong, the seed and path, the layout, and the shortest list of steps that was found. */
  readonly text: string;
  readonly steps: readonly Step[];
}

interface Replay {
  readonly path: string;
  readonly replayPath: string;
}

/** Runs sequences from a seed until so many commands have run or so many sequences have failed; each failure made small. */
export async function runCommands(
  wanted: number,
  seed: number,
  counts: Counts,
  { mostFailures = 1, replay }: { mostFailures?: number; replay?: Replay | undefined } = {},
): Promise<Failure[]> {
  const template = await labTemplate();
  const pool = await ProviderPool.start();
  const failures: Failure[] = [];
  try {
    for (let round = 0; counts.commands < wanted && failures.length < mostFailures; round++) {
      const failure = await twoSequences(replay?.path === undefined ? { seed: seed + round } : { seed, path: replay.path });
      if (failure) {
        // At once: a long run may take hours yet.
        console.log(failure.text);
        failures.push(failure);
      }
      if (replay) break;
    }
    return failures;
  } finally {
    counts.kills += pool.kills;
    await pool.close();
  }

  async function twoSequences(parameters: { seed: number; path?: string }): Promise<Failure | undefined> {
    let failed: { run: Run; at: number; problem: string } | undefined;
    const property = fc.asyncProperty(
      fc.commands([step.map((one) => new StepCommand(one, counts))], {
        maxCommands: LONGEST_SEQUENCE,
        size: "max",
        ...(replay && { replayPath: replay.replayPath }),
      }),
      fc.constantFrom(...layoutsOfModel),
      async (commands, layout) => {
        if (failed && Date.now() - failed.at > SHRINKING_MS) return;
        const run = await Run.open(template, layout, pool);
        try {
          counts.sequences++;
          await fc.asyncModelRun(() => ({ model: run, real: run }), commands);
          await run.finish();
        } catch (error) {
          const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
          failed = { run, at: failed?.at ?? Date.now(), problem };
          throw error;
        } finally {
          counts.operations += run.operations;
          run.world.close();
          await pool.tidy();
        }
      },
    );
    const details = await fc.check(property, { ...parameters, numRuns: 2 });
    return details.failed && failed ? failureOf(failed, details) : undefined;
  }
}

function failureOf(
  { run, problem }: { run: Run; problem: string },
  { seed, counterexample, counterexamplePath }: Pick<fc.RunDetails<unknown[]>, "seed" | "counterexample" | "counterexamplePath">,
): Failure {
  const replayPath = /replayPath="([^"]*)"/.exec(String(counterexample?.[0]))?.[1] ?? "";
  const kills = killWeight === 1 ? "" : ` --kills ${killWeight}`;
  const again = `npm run model -- --seed ${seed}${kills} --path ${counterexamplePath} --replay ${replayPath}`;
  return { text: `${problem}\n\n${again}\n\nlayout ${run.world.layout}: ${JSON.stringify(run.history)}`, steps: run.history };
}

/** Plays a list of steps again; what is wrong, if anything. A step that cannot be done is wrong, too. */
export async function play(steps: readonly Step[], layout: Layout, pool: ProviderPool): Promise<string | undefined> {
  const run = await Run.open(await labTemplate(), layout, pool);
  try {
    for (const one of steps) {
      if (!run.applies(one)) return `does not apply: ${JSON.stringify(one)}`;
      await run.do(one);
    }
    await run.finish();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    run.world.close();
  }
}

export function noCounts(): Counts {
  return { commands: 0, operations: 0, sequences: 0, kills: 0, byKind: new Map() };
}
