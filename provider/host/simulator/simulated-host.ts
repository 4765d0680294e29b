import * as os from "node:os";
import type { HostFacts } from "../port";

/** The simulated host is this computer, and lets everybody do everything. */
export function simulatedHost(): HostFacts {
  return {
    computerName: os.hostname(),
    account: accountName(),
    isElevated: undefined,
    powershell: undefined,
    managementService: "running",
    faults: [],
  };
}

/** An account of a container may have no name. */
function accountName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "unknown");
  }
}
