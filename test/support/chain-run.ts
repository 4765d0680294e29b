import type { ChainInputs } from "../../provider/domain/export-chain/properties";
import type { ChainEngine } from "./chain-engine";
import type { ChainScene } from "./chain-scene";
import { Death, type Point } from "./death";
import type { Intervention } from "./decorated-host";
import { Session } from "./session";

/** One run of the provider's process, and what the disks held at the points that it has made. */
export async function run(place: ChainScene, work: (session: Session) => Promise<unknown>, intervene?: Intervention): Promise<Session> {
  const session = new Session(place.scene, intervene);
  try {
    await work(session);
  } finally {
    await session.close();
    await place.remember();
  }
  return session;
}

/** The machine has worked, and an up declares a label. */
export async function night(
  place: ChainScene,
  engine: ChainEngine,
  label: string,
  changes: Partial<ChainInputs> = {},
  intervene?: Intervention,
): Promise<Session> {
  await place.work();
  return run(place, (session) => engine.up(session, place.inputs({ generation: label, ...changes })), intervene);
}

/** The same, and the provider's process dies at a call. */
export async function killedNight(place: ChainScene, engine: ChainEngine, label: string, at: Point): Promise<void> {
  const death = new Death(at);
  await place.work();
  await run(place, (session) => Promise.race([engine.up(session, place.inputs({ generation: label })), death.moment]), death.intervene);
}
