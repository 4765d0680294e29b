import { HostError } from "../../provider/host/simulator/index";
import type { Engine } from "./engine";
import type { Scene } from "./scene";
import { Session } from "./session";

/** A session that may not look at jobs: what starts one fails at once, and the job goes on. */
export function blind(scene: Scene): Session {
  const denied = { ok: false, error: new HostError("accessDenied", "the account may not look at jobs") } as const;
  return new Session(scene, async (call, run) => (call.key.startsWith("poll-jobs") ? { jobs: [denied], tasks: [] } : run()));
}

/** Leaves a create where its job runs. */
export async function leaveUnfinished(scene: Scene, engine: Engine, bytesPerSecond: number): Promise<void> {
  await scene.lab.configure({ synchronousExports: false, bytesPerSecond });
  const session = blind(scene);
  await engine.up(session, scene.inputs()).catch(() => {});
  await session.close();
  if (engine.current?.status !== "incomplete") throw new Error(`the create was to stay unfinished: ${engine.current?.status}`);
}
