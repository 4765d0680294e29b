import { z } from "zod";

/** The bridge's first reply: what the shell and the machine are. */
export const greeting = z.object({
  protocolVersion: z.number(),
  /** SHA-256 of the bridge's text as it arrived. */
  digest: z.string(),
  powershellVersion: z.string(),
  powershellEdition: z.string(),
  languageMode: z.string(),
  computerName: z.string(),
  /** The same machine has the same identity under every name that it is reached by. */
  machineId: z.string(),
  account: z.string(),
  administrator: z.boolean(),
  /** The account is an administrator's, and its token is not elevated. */
  filteredToken: z.boolean(),
  /** Logged on over the network. */
  networkLogon: z.boolean(),
  culture: z.string(),
  paths: z.enum(["windows", "posix", "unknown"]),
  /** Whether \\?\ may stand before a path. */
  extendedPaths: z.boolean(),
  /** Where this package's own records lie. */
  recordsDirectory: z.string(),
  processId: z.number(),
});

export type Greeting = z.infer<typeof greeting>;

export const PROTOCOL_VERSION = 1;
