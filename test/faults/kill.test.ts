import { proveKills } from "./kill-tests";
import { stories } from "./stories";

proveKills("all", stories);
