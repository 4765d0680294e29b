import { plannedUncheckedKills } from "./plan";
import { proveKills } from "./prove-kills";

// The fast setting of docs/costs.md: a run that dies has left no word in the state of what it has done.
proveKills(plannedUncheckedKills());
