import type { Scene } from "./scene";
import { Session } from "./session";

/** Runs something that is not under test, undisturbed. */
export async function undisturbed(scene: Scene, work: (session: Session) => Promise<void>): Promise<void> {
  const session = new Session(scene);
  await work(session);
  await session.close();
}
