import type * as pulumi from "@pulumi/pulumi";
import type {
  CheckHostArgs,
  CheckHostOutputArgs,
  CheckHostResult,
  CheckpointExport,
  CheckpointExportArgs,
  ExportChain,
  ExportChainArgs,
  GetReferencePointsArgs,
  GetReferencePointsOutputArgs,
  GetReferencePointsResult,
  GetVirtualMachinesArgs,
  GetVirtualMachinesOutputArgs,
  GetVirtualMachinesResult,
  LocalHostArgs,
  ReferencePoint,
  ReferencePointArgs,
  ReferencePointExport,
  ReferencePointExportArgs,
  SshHostArgs,
  TimeoutsArgs,
  VerificationArgs,
} from "pulumi-hyperv-reference-point";
import type { Fault, LabConfiguration, NewDisk, NewReferencePoint, NewVirtualMachine } from "pulumi-hyperv-reference-point/simulator";
import { describe, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import type { checkpointExportOutputs } from "../../provider/domain/checkpoint-export/outputs";
import type { checkpointExportProperties } from "../../provider/domain/checkpoint-export/properties";
import type { ErrorCode } from "../../provider/domain/errors/error-table";
import type { chainOutputs } from "../../provider/domain/export-chain/outputs";
import type { chainProperties } from "../../provider/domain/export-chain/properties";
import type { LookUpResults } from "../../provider/domain/look-ups/look-up-results";
import type { LookUpName, lookUps } from "../../provider/domain/look-ups/look-up-tables";
import type { pointOutputs } from "../../provider/domain/reference-point/outputs";
import type { pointProperties } from "../../provider/domain/reference-point/properties";
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

it("the arguments of a point are the rows that a program can set, of the types that they accept", () => {
  type Points = typeof pointProperties;
  type Rows = { [N in keyof Points]: Points[N] extends { readonly internal: true } ? never : N }[keyof Points];
  expectTypeOf<keyof ReferencePointArgs>().toEqualTypeOf<Rows>();
  expectTypeOf<RequiredKeys<ReferencePointArgs>>().toEqualTypeOf<"virtualMachine">();
  type Named = Exclude<Rows, "triggers">;
  type Written = { [N in Named]: Plain<Exclude<pulumi.Unwrap<ReferencePointArgs[N]>, undefined>> };
  expectTypeOf<Written>().toEqualTypeOf<{ [N in Named]: Plain<z.input<Points[N]["schema"]>> }>();
});

it("the outputs of a point are the rows of its table of outputs", () => {
  expectTypeOf<Exclude<keyof ReferencePoint, keyof pulumi.CustomResource>>().toEqualTypeOf<keyof typeof pointOutputs>();
});

it("the arguments of a chain are the rows that a program can set, of the types that they accept", () => {
  type Chains = typeof chainProperties;
  type Rows = { [N in keyof Chains]: Chains[N] extends { readonly internal: true } ? never : N }[keyof Chains];
  expectTypeOf<keyof ExportChainArgs>().toEqualTypeOf<Rows>();
  expectTypeOf<RequiredKeys<ExportChainArgs>>().toEqualTypeOf<"virtualMachine" | "directory" | "via" | "generation">();
  // What a generation may be, its own schema says in words.
  type Named = Exclude<Rows, "triggers" | "generation">;
  type Written = { [N in Named]: Plain<Exclude<pulumi.Unwrap<ExportChainArgs[N]>, undefined>> };
  expectTypeOf<Written>().toEqualTypeOf<{ [N in Named]: Plain<z.input<Chains[N]["schema"]>> }>();
});

it("the outputs of a chain are the rows of its table of outputs", () => {
  expectTypeOf<Exclude<keyof ExportChain, keyof pulumi.CustomResource | "directory">>().toEqualTypeOf<keyof typeof chainOutputs>();
});

it("the arguments and outputs of an export by a checkpoint are the rows of its tables", () => {
  type Rows = typeof checkpointExportProperties;
  type Own = { [N in keyof Rows]: Rows[N] extends { readonly internal: true } ? never : N }[keyof Rows];
  expectTypeOf<keyof CheckpointExportArgs>().toEqualTypeOf<Own>();
  expectTypeOf<RequiredKeys<CheckpointExportArgs>>().toEqualTypeOf<"virtualMachine" | "exportDirectory">();
  type Named = Exclude<Own, "triggers">;
  type Written = { [N in Named]: Plain<Exclude<pulumi.Unwrap<CheckpointExportArgs[N]>, undefined>> };
  expectTypeOf<Written>().toEqualTypeOf<{ [N in Named]: Plain<z.input<Rows[N]["schema"]>> }>();
  type Outputs = Exclude<keyof CheckpointExport, keyof pulumi.CustomResource | "exportDirectory">;
  expectTypeOf<Outputs>().toEqualTypeOf<keyof typeof checkpointExportOutputs>();
  // The SDK would write the argument where the resource reads the output.
  expectTypeOf<Extract<Own, Outputs>>().toBeNever();
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

describe("look-ups", () => {
  interface Declared {
    readonly getVirtualMachines: [args: GetVirtualMachinesArgs, outputs: GetVirtualMachinesOutputArgs, result: GetVirtualMachinesResult];
    readonly getReferencePoints: [args: GetReferencePointsArgs, outputs: GetReferencePointsOutputArgs, result: GetReferencePointsResult];
    readonly checkHost: [args: CheckHostArgs, outputs: CheckHostOutputArgs, result: CheckHostResult];
  }
  type Rows<Name extends LookUpName> = (typeof lookUps)[Name]["arguments"];
  type Required<Name extends LookUpName> = {
    [A in keyof Rows<Name>]: Rows<Name>[A] extends { readonly required: true } ? A : never;
  }[keyof Rows<Name>];
  type Values<Args> = { [A in keyof Args]-?: Plain<Exclude<pulumi.Unwrap<Args[A]>, undefined>> };
  type Accepted<Name extends LookUpName> = {
    [A in keyof Rows<Name>]: Rows<Name>[A] extends { readonly schema: infer Schema extends z.ZodType } ? Plain<z.input<Schema>> : never;
  };
  type Each<F extends { [Name in LookUpName]: unknown }> = F;

  it("are those that a program can call", () => {
    expectTypeOf<keyof Declared>().toEqualTypeOf<LookUpName>();
  });

  it("take what their rows say, in both forms, and what may be left out may be undefined", () => {
    expectTypeOf<Each<{ [Name in LookUpName]: Values<Declared[Name][0]> }>>().toEqualTypeOf<{ [Name in LookUpName]: Accepted<Name> }>();
    expectTypeOf<Each<{ [Name in LookUpName]: Values<Declared[Name][1]> }>>().toEqualTypeOf<{ [Name in LookUpName]: Accepted<Name> }>();
    type Needed<At extends 0 | 1> = { [Name in LookUpName]: RequiredKeys<Declared[Name][At]> };
    type Expected = { [Name in LookUpName]: Exclude<Required<Name>, "host"> };
    expectTypeOf<Needed<0>>().toEqualTypeOf<Expected>();
    expectTypeOf<Needed<1>>().toEqualTypeOf<Expected>();
    expectTypeOf<{ host: undefined; name: undefined; timeout: undefined }>().toExtend<GetVirtualMachinesArgs>();
    expectTypeOf<{ directories: undefined; timeout: pulumi.Output<undefined> }>().toExtend<CheckHostOutputArgs>();
  });

  it("answer what their rows say", () => {
    expectTypeOf<{ [Name in LookUpName]: keyof Declared[Name][2] }>().toEqualTypeOf<{
      [Name in LookUpName]: keyof (typeof lookUps)[Name]["results"];
    }>();
    // A program sees a code as a text: another one is no change of a type.
    type Answered<T> = T extends ErrorCode
      ? string
      : T extends readonly (infer Item)[]
        ? Answered<Item>[]
        : T extends object
          ? { [K in keyof T]: Answered<T[K]> }
          : T;
    expectTypeOf<{ [Name in LookUpName]: Plain<Declared[Name][2]> }>().toEqualTypeOf<{
      [Name in LookUpName]: Plain<Answered<LookUpResults[Name]>>;
    }>();
  });
});
