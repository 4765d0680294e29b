import * as fs from "node:fs";
import * as path from "node:path";
import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import { ChainEngine } from "./chain-engine";
import type { ChainScene } from "./chain-scene";
import { Session } from "./session";

/** An operation of a chain under test: what is there before, what the program asks for, and what must be there afterwards. */
export interface ChainStory {
  readonly name: string;
  before(place: ChainScene, engine: ChainEngine): Promise<void>;
  /** One run of the program; asked again until it ends. */
  run(place: ChainScene, engine: ChainEngine, session: Session): Promise<unknown>;
  /** Labels that the record must list. */
  readonly after: readonly string[];
  /** Those that cannot be restored, whatever happens. */
  readonly lost?: readonly string[];
  /** Generations that it makes: of each a point and an export, and no more. */
  readonly makes: number;
  readonly removes: number;
  /** Points that are destroyed. */
  readonly destroys: number;
  readonly fromNothing?: boolean;
  /** The newest generation's point stays although no record is there any more. */
  readonly keeps?: boolean;
}

async function undisturbed(place: ChainScene, work: (session: Session) => Promise<unknown>): Promise<void> {
  const session = new Session(place.scene);
  await work(session);
  await session.close();
  await place.remember();
}

/** Nights before the one that is under test. */
async function nights(place: ChainScene, engine: ChainEngine, count: number, changes: Partial<ChainInputs>): Promise<void> {
  for (let night = 1; night <= count; night++) {
    await place.work();
    await undisturbed(place, (session) => engine.up(session, place.inputs({ ...changes, generation: `n${night}` })));
  }
  await place.work();
}

const LAST_ONE = { keep: { last: 1, daily: 0, weekly: 0, monthly: 0, yearly: 0 } };
const OTHER = "urn:pulumi:lost::ops::pulumi-nodejs:dynamic/hyperv:ExportChain::other";

function night(name: string, before: number, changes: Partial<ChainInputs>, after: readonly string[], removes: number): ChainStory {
  return {
    name,
    makes: 1,
    removes,
    destroys: before === 0 ? 0 : 1,
    after,
    fromNothing: before === 0,
    before: (place, engine) => nights(place, engine, before, changes),
    run: (place, engine, session) => engine.up(session, place.inputs({ ...changes, generation: `n${before + 1}` })),
  };
}

/** As an export by a checkpoint asks for it: one generation, anew when its base is another. */
function since({ foreignPoints }: ChainScene, index: number): Partial<ChainInputs> {
  const baseReferencePoint = foreignPoints[index] ?? "";
  return { baseReferencePoint, triggers: [baseReferencePoint], fullEvery: 1, ...LAST_ONE };
}

export const chainStories: readonly ChainStory[] = [
  night("the first generation", 0, {}, ["n1"], 0),
  night("a differential generation", 1, {}, ["n1", "n2"], 0),
  night("a full generation that lets a line go", 3, LAST_ONE, ["n4"], 3),
  {
    name: "a generation after damage",
    makes: 1,
    removes: 0,
    destroys: 1,
    after: ["n1", "n2", "n3"],
    lost: ["n1", "n2"],
    async before(place, engine) {
      await nights(place, engine, 2, {});
      const [disk = ""] = fs
        .readdirSync(path.join(place.directory, "n1"), { recursive: true })
        .map(String)
        .filter((name) => /data.*vhdx$/.test(name));
      fs.rmSync(path.join(place.directory, "n1", disk));
      await undisturbed(place, (session) => engine.refresh(session));
    },
    run: (place, engine, session) => engine.up(session, place.inputs({ generation: "n3" })),
  },
  {
    name: "fewer generations to keep",
    makes: 0,
    removes: 3,
    destroys: 0,
    after: ["n4"],
    before: (place, engine) => nights(place, engine, 4, {}),
    run: (place, engine, session) => engine.up(session, place.inputs({ generation: "n4", ...LAST_ONE })),
  },
  {
    name: "a new name",
    makes: 0,
    removes: 0,
    destroys: 0,
    after: ["n1"],
    before: (place, engine) => nights(place, engine, 1, { createUrn: OTHER }),
    run: (place, engine, session) => engine.up(session, place.inputs({ generation: "n1" })),
  },
  {
    name: "a difference to somebody's point",
    makes: 1,
    removes: 0,
    destroys: 0,
    after: ["n1"],
    // The harness does not have what it continues.
    lost: ["n1"],
    fromNothing: true,
    before: (place) => place.work(),
    run: (place, engine, session) => engine.up(session, place.inputs({ generation: "n1", ...since(place, 0) })),
  },
  {
    name: "a difference to another point of somebody's",
    makes: 1,
    removes: 1,
    destroys: 1,
    after: ["n1-2"],
    lost: ["n1", "n1-2"],
    before: (place, engine) => nights(place, engine, 1, since(place, 0)),
    run: (place, engine, session) => engine.up(session, place.inputs({ generation: "n1", ...since(place, 1) })),
  },
  {
    name: "adoption of a lost stack's chain, and a generation",
    makes: 1,
    removes: 0,
    destroys: 1,
    after: ["n1", "n2"],
    fromNothing: true,
    before: (place) => nights(place, new ChainEngine(), 1, { createUrn: OTHER }),
    run: (place, engine, session) => engine.up(session, place.inputs({ generation: "n2", onExisting: "adopt" })),
  },
  {
    name: "destroy",
    makes: 0,
    removes: 4,
    destroys: 1,
    after: [],
    before: (place, engine) => nights(place, engine, 4, {}),
    run: (_, engine, session) => engine.destroy(session),
  },
  {
    name: "destroy that keeps",
    makes: 0,
    removes: 0,
    destroys: 0,
    after: ["n1", "n2"],
    keeps: true,
    before: (place, engine) => nights(place, engine, 2, { onDestroy: "keep" }),
    run: (_, engine, session) => engine.destroy(session),
  },
];
