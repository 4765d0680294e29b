import { useSetClock } from "../in-process/set-clock";
import { proveModel } from "../prove-model";
import { pointsModel } from "./points-model";

useSetClock();

proveModel(pointsModel, { commands: 1000, lanes: 1 });
