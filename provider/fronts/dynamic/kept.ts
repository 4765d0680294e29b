/** Properties as the engine keeps them. In a file of its own: a program's compiler sees this type, and must not see zod's. */
export type Kept = Readonly<Record<string, unknown>>;
