import fc from "fast-check";

const LONGEST_SEQUENCE = 150;
/** A failure is made small for at most this long. */
const SHRINKING_MS = 12_000;

/** What happens next, as plain data: a list of these is a sequence that can be kept and played again. */
export interface AnyStep {
  readonly do: string;
}

/** One sequence: a world, what the engine keeps, and the model, and every step done to all of them. */
export interface Run<Step> {
  readonly history: readonly Step[];
  /** Operations of the provider so far. */
  readonly operations: number;
  /** Whether the step makes sense now. */
  applies(step: Step): boolean;
  /** Does the step; rejects with what is wrong afterwards. */
  do(step: Step): Promise<void>;
  /** However the sequence went: what is left to be true in the end; rejects with what is not. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** Where the sequences of one lane run. */
export interface Stage<Step, Setting> {
  readonly kills: number;
  open(setting: Setting): Promise<Run<Step>>;
  /** Between two sequences. */
  tidy(): Promise<void>;
  close(): Promise<void>;
}

/** A model of one kind of resource. */
export interface Model<Step extends AnyStep, Setting> {
  /** As `npm run model -- --of` takes it. */
  readonly name: string;
  readonly step: fc.Arbitrary<Step>;
  /** What a whole sequence has alike: how the host behaves. */
  readonly setting: fc.Arbitrary<Setting>;
  stage(): Promise<Stage<Step, Setting>>;
}

export interface Counts {
  commands: number;
  operations: number;
  sequences: number;
  kills: number;
  readonly byKind: Map<string, number>;
}

export function noCounts(): Counts {
  return { commands: 0, operations: 0, sequences: 0, kills: 0, byKind: new Map() };
}

class StepCommand<Step extends AnyStep> implements fc.AsyncCommand<Run<Step>, Run<Step>> {
  constructor(
    readonly step: Step,
    private readonly counts: Counts,
  ) {}

  check(run: Run<Step>): boolean {
    return run.applies(this.step);
  }

  async run(run: Run<Step>): Promise<void> {
    this.counts.commands++;
    this.counts.byKind.set(this.step.do, (this.counts.byKind.get(this.step.do) ?? 0) + 1);
    await run.do(this.step);
  }

  toString(): string {
    return JSON.stringify(this.step);
  }
}

interface Replay {
  readonly path: string;
  readonly replayPath: string;
}

export interface Search {
  readonly wanted: number;
  readonly seed: number;
  readonly counts: Counts;
  /** So many sequences may fail before the search ends. */
  readonly mostFailures: number;
  readonly replay?: Replay | undefined;
  /** Options with which the same sequence is found again, beside the seed. */
  readonly options: string;
}

/**
 * Runs sequences from a seed until so many commands have run or so many sequences have failed; each failure made small. Each is told by
 * what was wrong, the command that shows it again, the setting, and the shortest list of steps that was found.
 */
export async function runCommands<Step extends AnyStep, Setting>(model: Model<Step, Setting>, search: Search): Promise<string[]> {
  const { wanted, seed, counts, mostFailures, replay, options } = search;
  const stage = await model.stage();
  const failures: string[] = [];
  try {
    for (let round = 0; counts.commands < wanted && failures.length < mostFailures; round++) {
      const failure = await twoSequences(replay?.path === undefined ? { seed: seed + round } : { seed, path: replay.path });
      if (failure) {
        // At once: a long run may take hours yet.
        console.log(failure);
        failures.push(failure);
      }
      if (replay) break;
    }
    return failures;
  } finally {
    counts.kills += stage.kills;
    await stage.close();
  }

  async function twoSequences(parameters: { seed: number; path?: string }): Promise<string | undefined> {
    let failed: { run: Run<Step>; setting: Setting; at: number; problem: string } | undefined;
    const property = fc.asyncProperty(
      fc.commands([model.step.map((one) => new StepCommand(one, counts))], {
        maxCommands: LONGEST_SEQUENCE,
        size: "max",
        ...(replay && { replayPath: replay.replayPath }),
      }),
      model.setting,
      async (commands, setting) => {
        if (failed && performance.now() - failed.at > SHRINKING_MS) return;
        // The path leads to the failure, and from there on to everything that would have been tried next.
        if (replay && counts.sequences > 0) return;
        const run = await stage.open(setting);
        try {
          counts.sequences++;
          await fc.asyncModelRun(() => ({ model: run, real: run }), commands);
          await run.finish();
        } catch (error) {
          const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
          failed = { run, setting, at: failed?.at ?? performance.now(), problem };
          throw error;
        } finally {
          counts.operations += run.operations;
          await run.close();
          await stage.tidy();
        }
      },
    );
    const details = await fc.check(property, { ...parameters, numRuns: 2 });
    if (!details.failed || failed === undefined) return undefined;
    const replayPath = /replayPath="([^"]*)"/.exec(String(details.counterexample?.[0]))?.[1] ?? "";
    const again = `npm run model -- --of ${model.name} --seed ${details.seed}${options} --path ${details.counterexamplePath} --replay ${replayPath}`;
    return `${failed.problem}\n\n${again}\n\n${JSON.stringify(failed.setting)}: ${JSON.stringify(failed.run.history)}`;
  }
}

/** Plays a list of steps again; what is wrong, if anything. A step that cannot be done is wrong, too. */
export async function play<Step>(steps: readonly Step[], run: Run<Step>): Promise<string | undefined> {
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
    await run.close();
  }
}
