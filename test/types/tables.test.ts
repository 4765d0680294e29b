import type * as pulumi from "@pulumi/pulumi";
import type { ReferencePointExport, ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { ExportState, exportOutputs } from "../../provider/domain/reference-point-export/outputs";
import type { exportProperties } from "../../provider/domain/reference-point-export/properties";

// Checked by the compiler (npm test compiles the tests); at run time there is nothing to do. What a program writes is written by hand,
// for its documentation and its inputs; the tables are what is validated and compared. Here they are held against each other.

type Table = typeof exportProperties;
type Public = { [N in keyof Table]: Table[N] extends { readonly internal: true } ? never : N }[keyof Table];
type RequiredRows = { [N in Public]: Table[N] extends { readonly required: true } ? N : never }[Public];
type RequiredKeys<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? never : K }[keyof T];

/** Plain values, deep, without what makes a property optional: that is compared by itself. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]-?: Plain<Exclude<T[K], undefined>> }
    : T;
type Given<N extends Public> = Plain<pulumi.Unwrap<Exclude<ReferencePointExportArgs[N], undefined>>>;
type Accepted<N extends Public> = Plain<z.input<Table[N]["schema"]>>;

it("the arguments are the rows that a program can set", () => {
  expectTypeOf<keyof ReferencePointExportArgs>().toEqualTypeOf<Public>();
});

it("what must be given is what the rows require, but for the host, which the configuration can give", () => {
  expectTypeOf<RequiredKeys<ReferencePointExportArgs>>().toEqualTypeOf<Exclude<RequiredRows, "host">>();
});

it("each argument has the type that its row accepts", () => {
  // The SDK unwraps unknown to an object.
  type Named = Exclude<Public, "triggers">;
  expectTypeOf<{ [N in Named]: Given<N> }>().toEqualTypeOf<{ [N in Named]: Accepted<N> }>();
  expectTypeOf<Exclude<ReferencePointExportArgs["triggers"], undefined>>().toEqualTypeOf<pulumi.Input<pulumi.Input<unknown>[]>>();
  expectTypeOf<Accepted<"triggers">>().toEqualTypeOf<unknown[]>();
});

it("the outputs are the rows of the table of outputs", () => {
  expectTypeOf<Exclude<keyof ReferencePointExport, keyof pulumi.CustomResource>>().toEqualTypeOf<keyof typeof exportOutputs>();
});

it("each output has the type that the state keeps", () => {
  type Output = keyof typeof exportOutputs;
  type Declared = { [N in Output]: Plain<Exclude<pulumi.Unwrap<ReferencePointExport[N]>, undefined>> };
  expectTypeOf<Declared>().toEqualTypeOf<{ [N in Output]: Plain<Exclude<ExportState[N], undefined>> }>();
});
