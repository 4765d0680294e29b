import { HostError } from "../../port";

export function broken(why: string, at: string): HostError {
  return new HostError("failed", `The export cannot be restored: ${why}.`, {
    path: at,
    remedy: "Restore from another export of the same machine.",
  });
}
