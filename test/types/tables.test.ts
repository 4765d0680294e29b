import type * as pulumi from "@pulumi/pulumi";
import type {
  LocalHostArgs,
  ReferencePointExport,
  ReferencePointExportArgs,
  SshHostArgs,
  TimeoutsArgs,
  VerificationArgs,
} from "pulumi-hyperv-reference-point";
import type { Fault, LabConfiguration, NewDisk, NewReferencePoint, NewVirtualMachine } from "pulumi-hyperv-reference-point/simulator";
import { expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { ExportState, exportOutputs } from "../../provider/domain/reference-point-export/outputs";
import type { exportProperties } from "../../provider/domain/reference-point-export/properties";
import type { faultTable } from "../../provider/host/simulator/faults/fault-table";

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
type Given<N extends Public> = Plain<Exclude<pulumi.Unwrap<ReferencePointExportArgs[N]>, undefined>>;
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
  expectTypeOf<ReferencePointExportArgs["triggers"]>().toEqualTypeOf<pulumi.Input<pulumi.Input<unknown>[] | undefined>>();
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

/** What is optional may be undefined, too, plain or as an output: `referencePoint: config.get("point")`. */
it("each optional argument may be undefined, under exactOptionalPropertyTypes, too", () => {
  type Optional<T> = Pick<T, Exclude<keyof T, RequiredKeys<T>>>;
  type Of<T, Value> = { [N in keyof Optional<T>]-?: Value };
  expectTypeOf<Of<ReferencePointExportArgs, undefined>>().toExtend<Optional<ReferencePointExportArgs>>();
  expectTypeOf<Of<ReferencePointExportArgs, pulumi.Output<undefined>>>().toExtend<Optional<ReferencePointExportArgs>>();
  expectTypeOf<Of<VerificationArgs, undefined>>().toExtend<Optional<VerificationArgs>>();
  expectTypeOf<Of<TimeoutsArgs, undefined>>().toExtend<Optional<TimeoutsArgs>>();
  expectTypeOf<Of<LocalHostArgs, undefined>>().toExtend<Optional<LocalHostArgs>>();
  expectTypeOf<Of<SshHostArgs, undefined>>().toExtend<Optional<SshHostArgs>>();
  expectTypeOf<Of<LabConfiguration, undefined>>().toExtend<Optional<LabConfiguration>>();
  expectTypeOf<Of<NewDisk, undefined>>().toExtend<Optional<NewDisk>>();
  expectTypeOf<Of<NewVirtualMachine, undefined>>().toExtend<Optional<NewVirtualMachine>>();
  expectTypeOf<Of<NewReferencePoint, undefined>>().toExtend<Optional<NewReferencePoint>>();
});

it("the faults that a program can write are those of the simulator's table", () => {
  type Accepted = z.input<(typeof faultTable)[number]["schema"]>;
  expectTypeOf<Fault["fault"]>().toEqualTypeOf<Accepted["fault"]>();
  // One by one: of a whole union the compiler would only say that it does not fit.
  type Differing = {
    [Name in Fault["fault"]]: [Extract<Fault, { fault: Name }>, Extract<Accepted, { fault: Name }>] extends [infer Written, infer Read]
      ? [Plain<Written>, Plain<Read>, RequiredKeys<Written>] extends [Plain<Read>, Plain<Written>, RequiredKeys<Read>]
        ? [Written] extends [Read]
          ? never
          : Name
        : Name
      : never;
  }[Fault["fault"]];
  expectTypeOf<Differing>().toEqualTypeOf<never>();
});
