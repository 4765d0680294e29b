import { useSetClock } from "../in-process/set-clock";
import { proveModel } from "../prove-model";
import { chainsModel } from "./chains-model";

useSetClock();

proveModel(chainsModel, { commands: 700, lanes: 1 });
