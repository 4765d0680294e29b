import { proveModel } from "../prove-model";
import { killWeight } from "./commands";
import { exportsModel } from "./exports-model";

// Each lane has a provider process of its own.
proveModel(exportsModel, { commands: 2000, lanes: 6, options: killWeight === 1 ? "" : ` --kills ${killWeight}` });
