import { faultTable as table } from "./fault-table";
import type { KnownFault } from "./fault-types";

/** Every fault the simulator knows, and what each does. */
export const faultTable: readonly KnownFault[] = table;
