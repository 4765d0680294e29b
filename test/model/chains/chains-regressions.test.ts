import { useSetClock } from "../in-process/set-clock";
import { proveRegressions } from "../prove-model";
import { chainsModel } from "./chains-model";
import { regressions } from "./regressions";

useSetClock();

proveRegressions(chainsModel, regressions);
