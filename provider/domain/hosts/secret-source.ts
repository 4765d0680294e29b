import { z } from "zod";

/**
 * A secret: its text, or the environment variable of whoever runs Pulumi that holds it. Only the name of a variable lies in the state, so
 * a new value there changes nothing.
 */
export const secretSource = z.union(
  [z.string().min(1, "must not be empty"), z.strictObject({ environment: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) })],
  { error: 'must be a text, or { environment: "NAME" } of an environment variable' },
);

export type SecretSource = z.infer<typeof secretSource>;
