import type { z } from "zod";

/**
 * One row a property of a resource. Validation, defaults, diff and the reference tables of the documentation derive from it, so that a
 * property is described in one place.
 */
export interface Property {
  /** What the known value must be. */
  readonly schema: z.ZodType;
  readonly required: boolean;
  /** Filled in where the argument is used and the program gives nothing. */
  readonly default?: unknown;
  /** What the documentation says of the default, where the value does not say it. */
  readonly defaultText?: string;
  readonly unit?: string;
  /** The type as a reader of the documentation expects it. */
  readonly type: string;
  /** What a changed value does to the resource. */
  readonly onChange: "replace" | "update" | "nothing";
  /** When it does that only sometimes: the condition, for the documentation. */
  readonly onChangeText?: string;
  /** True for a property that the provider itself adds: no part of the public arguments. */
  readonly internal?: boolean;
  /** Meaning, in one sentence. */
  readonly meaning: string;
}

export type PropertyTable = Readonly<Record<string, Property>>;

/** One row an output. */
export interface Output {
  readonly type: string;
  readonly unit?: string;
  readonly meaning: string;
}

export type OutputTable = Readonly<Record<string, Output>>;
