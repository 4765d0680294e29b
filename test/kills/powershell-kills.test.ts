import { powerShellGround } from "../support/powershell-ground";
import { stories } from "../support/stories";
import { proveKillsOn } from "./kill-tests";

proveKillsOn(powerShellGround(), stories);
