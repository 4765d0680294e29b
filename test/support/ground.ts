import type { ExportInputs } from "../../provider/domain/reference-point-export/properties";
import type { LabConfiguration } from "../../provider/host/simulator/index";
import type { Moment } from "./death";
import { hostManners, layoutsOf } from "./host-manners";
import { type Layout, shareOf } from "./layouts";
import { type Reach, simulatorReach } from "./reach";
import type { Scene } from "./scene";

/** The ways to a scene's host while a story is played there. */
export interface Ways {
  /** For a run that something will happen to. */
  readonly disturbed: Reach;
  /** For a run to which nothing happens. */
  readonly calm: Reach;
  /** From now on the host lists only jobs that are yet to come. Absent where no host forgets them at will. */
  readonly forgetJobs?: () => void;
}

/** What kind of host a story is played on: how it is reached, how it works, and how long things take there. */
export interface Ground<W extends Ways = Ways> {
  /** For the names of tests; empty for the simulator. */
  readonly name: string;
  /** How the host ends an export, and what it still knows of it afterwards. The first is the usual one. */
  readonly manners: Readonly<Record<string, LabConfiguration>>;
  layoutsOf(manner: string): Layout[];
  /** When a process can die at a call. */
  readonly moments: readonly Moment[];
  /** `configurationWrittenLast`: an export whose job is not listed is known by its files, and not made again. */
  readonly filesTellEnd: boolean;
  /** One of so many points is tried. */
  shareOf(layout: Layout): number;
  readonly timeouts: ExportInputs["timeouts"];
  readonly longestRunMs: number;
  /** How late a run may end that met a trouble: a cancel after its limit is bounded, too, and the machine may be busy. */
  readonly latestEndMs: number;
  readonly longestTestMs: number;
  /** So slow that a job which is to be cancelled has not ended by itself. */
  readonly slowBytesPerSecond: number;
  readonly scenesAtOnce: number;
  /** Has the scene's host for one story. Before and after it, the scene is the simulator's own. */
  play<T>(scene: Scene, work: (ways: W) => Promise<T>): Promise<T>;
}

export const simulatorGround: Ground = {
  name: "",
  manners: hostManners,
  layoutsOf,
  moments: ["before", "after"],
  filesTellEnd: true,
  shareOf,
  timeouts: { create: "20s", stall: "10s", delete: "20s" },
  longestRunMs: 20_000,
  latestEndMs: 10_000,
  longestTestMs: 900_000,
  slowBytesPerSecond: 20_000,
  scenesAtOnce: 12,
  play: ({ labDirectory }, work) => {
    const reach = simulatorReach(labDirectory);
    return work({ disturbed: reach, calm: reach });
  },
};
