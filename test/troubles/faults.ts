import { expect, test } from "vitest";
import { isExportError } from "../../provider/domain/errors/export-error";
import { faultTable } from "../../provider/host/simulator/index";
import { Engine } from "../support/engine";
import type { Ground } from "../support/ground";
import { violations } from "../support/invariants";
import { Scene } from "../support/scene";
import { Session } from "../support/session";
import { undisturbed } from "../support/undisturbed";
import { VirtualClock } from "../support/virtual-clock";

const LIMITS = { create: "30m", stall: "20m", delete: "30m" };

const parameters: Readonly<Record<string, object>> = {
  returnCode: { code: 32768 },
  volumeMissing: {},
  slowListing: { delay: 300 },
};

/** One test a fault of the table. */
export function proveFaults(ground: Ground): void {
  for (const { name } of faultTable) {
    for (const count of [1, 1000]) {
      const where = [name, ground.name].filter(Boolean).join(", ");
      test(`${where}, ${count === 1 ? "once" : "until it is switched off"}`, { timeout: ground.longestTestMs }, async () => {
        const scene = await Scene.open({}, LIMITS);
        const engine = new Engine();
        const path = name === "volumeMissing" ? { path: scene.volume } : {};
        await ground.play(scene, async ({ calm }) => {
          scene.reach = calm;
          await scene.lab.setFaults([{ fault: name, count, ...parameters[name], ...path } as never]);
          const session = new Session(scene, undefined, new VirtualClock());
          const error: unknown = await engine.up(session, scene.inputs()).catch((reason: unknown) => reason);
          if (error !== undefined && !isExportError(error)) throw error;
          await session.close();
          await scene.lab.clearFaults();
          await undisturbed(scene, (again) => engine.up(again, scene.inputs()));
        });
        expect(engine.current?.status).toBe("intact");
        expect(await violations(scene, [{ directory: scene.inputs().exportDirectory, point: scene.points[0] }])).toEqual([]);
      });
    }
  }
}
