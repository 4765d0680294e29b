import { z } from "zod";

/**
 * How to reach the machine that runs Hyper-V, as plain data: it lies in the state, so the process that reads or deletes an export
 * years later can reach the host from it alone.
 */
export const hostInput = z.discriminatedUnion("kind", [z.strictObject({ kind: z.literal("simulator"), directory: z.string().min(1) })]);

export type HostInput = z.infer<typeof hostInput>;

/** Hosts with the same identity are the same machine, so a change of anything else about them is no reason to export again. */
export function hostIdentity(host: HostInput): string {
  return `${host.kind}:${host.directory.replace(/[\\/]+/g, "/").replace(/\/$/, "")}`;
}

/** "the simulator at …": the host as errors name it. */
export function hostName(host: HostInput): string {
  return `the simulator in ${host.directory}`;
}
