import { Points } from "../support/points";
import { powerShellGround } from "../support/powershell-ground";
import { proveChainKillsOn } from "./chain-kills";

const ground = powerShellGround();
const points = new Points("HYPERV_KILL_POINT", `kills of chains ${ground.name}, each recovered by one run`);

proveChainKillsOn(ground, points, "test/kills/powershell-chain-kills.test.ts", "referencePoint");
