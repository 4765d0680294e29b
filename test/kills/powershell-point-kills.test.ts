import { Points } from "../support/points";
import { powerShellGround } from "../support/powershell-ground";
import { provePointKills } from "./point-stories";

const ground = powerShellGround();
const points = new Points("HYPERV_KILL_POINT", `kills of reference points ${ground.name}, each recovered by one run`);

provePointKills(ground, points, "test/kills/powershell-point-kills.test.ts");
