import { useSetClock } from "../in-process/set-clock";
import { proveRegressions } from "../prove-model";
import { pointsModel } from "./points-model";
import { regressions } from "./regressions";

useSetClock();

proveRegressions(pointsModel, regressions);
