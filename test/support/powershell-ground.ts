import { afterAll } from "vitest";
import { countFrom } from "./environment";
import type { Ground } from "./ground";
import { usualLayout } from "./layouts";
import { setShellEnvironment } from "./powershell";
import { PowerShellLane } from "./powershell-lane";
import { powerShellProgram } from "./powershell-program";
import type { Scene } from "./scene";
import { shellsLeft } from "./shells-left";

/** Shells that start at the same time only wait for each other. */
const LANES = 2;

/** A shell takes a processor for seconds until it is warm, so one of so many points is tried. HYPERV_POWERSHELL_EVERY=1 tries them all. */
const EVERY = countFrom("HYPERV_POWERSHELL_EVERY", 400);

/**
 * PowerShellHost over a real PowerShell. What a story needs before and what is looked at after it is done on the simulator, on the same
 * lab and the same files. To be called once a file: at its end no shell of it must be left.
 */
export function powerShellGround(): Ground<PowerShellLane> {
  const executable = powerShellProgram();
  setShellEnvironment();
  const free: PowerShellLane[] = [];
  const waiting: ((lane: PowerShellLane) => void)[] = [];
  const lanes: PowerShellLane[] = [];
  let opened = 0;

  async function take(scene: Scene): Promise<PowerShellLane> {
    let lane = free.pop();
    if (lane === undefined && opened < LANES) {
      opened++;
      lane = await PowerShellLane.open(executable, scene);
      lanes.push(lane);
      return lane;
    }
    lane ??= await new Promise<PowerShellLane>((resolve) => waiting.push(resolve));
    await lane.wmi.moveTo(scene.labDirectory);
    return lane;
  }

  function giveBack(lane: PowerShellLane): void {
    const next = waiting.shift();
    if (next) next(lane);
    else free.push(lane);
  }

  afterAll(async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
    const left = shellsLeft();
    if (left.length > 0) throw new Error(`shells are left running: ${left.join(", ")}`);
  });

  return {
    name: "over PowerShell",
    manners: {
      "with a job": { synchronousExports: false },
      synchronously: { synchronousExports: true },
      "with a job that still runs at recovery": { synchronousExports: false, bytesPerSecond: 20_000 },
    },
    layoutsOf: () => [usualLayout],
    moments: ["before", "during", "after"],
    filesTellEnd: false,
    shareOf: () => EVERY,
    timeouts: { create: "5m", stall: "2m", delete: "5m" },
    longestRunMs: 240_000,
    latestEndMs: 240_000,
    longestTestMs: 600_000 + 40_000_000 / EVERY,
    slowBytesPerSecond: 300,
    scenesAtOnce: LANES,
    play: async (scene, work) => {
      const lane = await take(scene);
      const own = scene.reach;
      try {
        const result = await work(lane);
        if (lane.wmi.broken.length > 0) throw new AggregateError(lane.wmi.broken, "the stand-in for WMI broke");
        return result;
      } finally {
        scene.reach = own;
        giveBack(lane);
      }
    },
  };
}
