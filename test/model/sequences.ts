import fc from "fast-check";
import { type Step, step } from "./commands";
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
  /** What was wrong, the seed and path, and the shortest list of steps that was found. */
  readonly text: string;
  readonly steps: readonly Step[];
}

/** Runs sequences from a seed until so many commands have run; the first failure, made small. */
export async function runCommands(
  wanted: number,
  seed: number,
  counts: Counts,
  replay?: { path: string; replayPath: string },
): Promise<Failure | undefined> {
  const template = await labTemplate();
  const pool = await ProviderPool.start();
  let failed: { run: Run; at: number; problem: string } | undefined;

  const property = fc.asyncProperty(
    fc.commands([step.map((one) => new StepCommand(one, counts))], {
      maxCommands: LONGEST_SEQUENCE,
      size: "max",
      ...(replay && { replayPath: replay.replayPath }),
    }),
    async (commands) => {
      if (failed && Date.now() - failed.at > SHRINKING_MS) return;
      const run = await Run.open(template, pool);
      try {
        counts.sequences++;
        await fc.asyncModelRun(() => ({ model: run, real: run }), commands);
        await run.finish();
      } catch (error) {
        failed = { run, at: failed?.at ?? Date.now(), problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
        throw error;
      } finally {
        counts.operations += run.operations;
        run.world.close();
        await pool.tidy();
      }
    },
  );

  try {
    for (let round = 0; counts.commands < wanted; round++) {
      const parameters = replay ? { seed, path: replay.path } : { seed: seed + round, numRuns: 2 };
      const details = await fc.check(property, parameters);
      if (details.failed && failed) {
        const { run, problem } = failed;
        const replayPath = /replayPath="([^"]*)"/.exec(String(details.counterexample?.[0]))?.[1] ?? "";
        const again = `npm run model -- --seed ${details.seed} --path ${details.counterexamplePath} --replay ${replayPath}`;
        const text = `${problem}\n\n${again}\n\n${JSON.stringify(run.history)}`;
        // At once: the other lanes of a long run may take hours yet.
        console.log(text);
        return { text, steps: run.history };
      }
      if (replay) return undefined;
    }
    return undefined;
  } finally {
    counts.kills += pool.kills;
    await pool.close();
  }
}

/** Plays a list of steps again; what is wrong, if anything. */
export async function play(steps: readonly Step[], pool: ProviderPool): Promise<string | undefined> {
  const run = await Run.open(await labTemplate(), pool);
  try {
    for (const one of steps) if (run.applies(one)) await run.do(one);
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
