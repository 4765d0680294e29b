import { afterAll, beforeAll, expect, it } from "vitest";
import { type Expected, violations } from "../support/invariants";
import { setShellEnvironment } from "../support/powershell";
import { type OpenWay, RemoteScene } from "../support/remote-scene";
import type { RemoteWay } from "../support/remote-way";
import { cutSeed, describeMoment, type Moment, seededMoments } from "../support/seeded-moments";
import type { TroubleKind } from "../support/troubled-proxy";
import { type RemoteStory, Telling } from "./remote-stories";

const LONGEST_MS = 900_000;
/** A connection that ends is the end of all for a while, so that a run has to give up and leaves the rest to the next one. */
const outages: ReadonlySet<TroubleKind> = new Set(["reset", "close"]);
const LONGEST_OUTAGE_MS = 10_000;

/** What is told, and what breaks meanwhile. */
export interface CutExports {
  readonly told: readonly RemoteStory[];
  readonly kinds: readonly TroubleKind[];
  /** Keeps the moments of different tests apart. */
  readonly firstSalt: number;
}

/** Exports over a connection that breaks, each of which the next run puts right. */
export function cutExports(powershell: string, openWay: OpenWay<RemoteWay>, { told, kinds, firstSalt }: CutExports): void {
  let troubles = 0;
  let healed = 0;
  beforeAll(() => setShellEnvironment());
  afterAll(() =>
    console.log(
      `${troubles} troubles of a connection during exports, ${healed} of which the run itself overcame (HYPERV_CUT_SEED=${cutSeed})`,
    ),
  );

  /** Bytes that a run passes which nothing troubles, after its session has been opened. */
  const measure = async (stage: RemoteScene, story: RemoteStory, there: Expected[]): Promise<Record<Moment["direction"], number>> => {
    const telling = new Telling(story, stage);
    const session = stage.session();
    await telling.before(session);
    await session.host.greeting();
    stage.way.proxy.set();
    expect(await telling.run(session)).toBeUndefined();
    const passed = stage.way.proxy.passed;
    await session.close();
    there.push(...telling.expected());
    return passed;
  };

  const troubled = async (
    stage: RemoteScene,
    story: RemoteStory,
    moment: Moment,
    bytes: number,
    there: Expected[],
    outage: boolean,
  ): Promise<void> => {
    const { proxy } = stage.way;
    const telling = new Telling(story, stage);
    const session = stage.session();
    await telling.before(session);
    const before = await telling.calls();
    await session.host.greeting();
    proxy.set({ ...moment, outage, afterBytes: Math.max(1, Math.floor(bytes * moment.part)) });
    // A job that is watched is borne with for long; what is looked at gives up before.
    const outageEnds = setTimeout(() => proxy.set(), LONGEST_OUTAGE_MS);
    const code = await telling.run(session);
    clearTimeout(outageEnds);
    if (!proxy.isAhead) troubles++;
    proxy.set();
    await session.close();
    if (code === undefined) healed++;
    const next = stage.session();
    expect(await telling.run(next), `the next run, after ${code ?? "a good end"}`).toBeUndefined();
    await next.close();
    expect((await telling.calls()) - before, "calls of ExportReferencePoint").toBe(story.exports);
    there.push(...telling.expected());
    expect(await violations(stage.scene, there)).toEqual([]);
  };

  for (const [salt, story] of told.entries()) {
    const moments = seededMoments(firstSalt + salt, kinds);
    it.concurrent(
      `${story.name} is put right by the next run, after ${moments.map(describeMoment).join(", ")}`,
      async () => {
        const stage = await RemoteScene.open(powershell, openWay);
        try {
          const there: Expected[] = [];
          const bytes = await measure(stage, story, there);
          for (const moment of moments) {
            await troubled(stage, story, moment, bytes[moment.direction], there, outages.has(moment.kind));
          }
          const { way } = stage;
          await way.noShellLeft();
          way.proxy.release();
          await way.nothingLeft();
        } finally {
          await stage.close();
        }
      },
      LONGEST_MS,
    );
  }
}
