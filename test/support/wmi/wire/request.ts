import { z } from "zod";

/** A value as the cmdlet was given it: the CIM type that it infers from the .NET type, and the value as text where JSON has none. */
export interface Sent {
  /** "uint16", "string", "datetime", ...; "none" for $null; "reference" for [ref]; "instance"; "other" for what is no CIM value. */
  readonly type: string;
  readonly array: boolean;
  readonly value?: unknown;
}

const sent: z.ZodType<Sent> = z.strictObject({ type: z.string(), array: z.boolean(), value: z.unknown().optional() });
const values = z.record(z.string(), sent);

const target = z.strictObject({
  className: z.string(),
  namespace: z.string(),
  /** Keys that the instance has; what was asked without them cannot be found again. */
  keys: values,
  /** The other properties, of an instance that was made on the client. */
  properties: values.optional(),
});

/** One call of a cmdlet. */
export const request = z.discriminatedUnion("operation", [
  z.strictObject({
    operation: z.literal("enumerate"),
    namespace: z.string(),
    className: z.string(),
    filter: z.string().optional(),
    properties: z.array(z.string()).optional(),
    dialect: z.string().optional(),
    keyOnly: z.boolean(),
    shallow: z.boolean(),
    timeout: z.number(),
  }),
  z.strictObject({
    operation: z.literal("query"),
    namespace: z.string(),
    query: z.string(),
    dialect: z.string().optional(),
    timeout: z.number(),
  }),
  z.strictObject({ operation: z.literal("get"), instance: target, timeout: z.number() }),
  z.strictObject({
    operation: z.literal("associated"),
    instance: target,
    namespace: z.string(),
    association: z.string(),
    resultClass: z.string(),
    keyOnly: z.boolean(),
    timeout: z.number(),
  }),
  z.strictObject({
    operation: z.literal("invoke"),
    namespace: z.string(),
    /** Undefined: the method is called on a class, whose declaration the cmdlet never fetches. */
    instance: target.optional(),
    className: z.string(),
    method: z.string(),
    arguments: values,
    timeout: z.number(),
  }),
  z.strictObject({ operation: z.literal("class"), namespace: z.string(), className: z.string(), timeout: z.number() }),
]);

export type Request = z.infer<typeof request>;
export type Target = z.infer<typeof target>;
