import type { SecretSource } from "../../../domain/hosts/secret-source";
import { fault } from "../faults";

/** The secret's text. It is looked up for each connection, so that a new value in the environment is taken without a change of state. */
export function secretOf(argument: string, source: SecretSource | undefined, hostName: string): string | undefined {
  if (typeof source !== "object") return source;
  const text = process.env[source.environment];
  if (text) return text;
  const why = `environment variable ${source.environment}, which holds the ${argument} of ${hostName}, is not set`;
  throw fault("secretMissing", `The ${why}.`, { why: `the ${why}` });
}
