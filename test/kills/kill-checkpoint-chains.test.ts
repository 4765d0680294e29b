import { simulatorGround } from "../support/ground";
import { Points } from "../support/points";
import { proveChainKills } from "./chain-kills";

const points = new Points("HYPERV_KILL_POINT", "kills of chains by checkpoints, each recovered by one run");

proveChainKills(simulatorGround, points, "test/kills/kill-checkpoint-chains.test.ts", "checkpoint");
