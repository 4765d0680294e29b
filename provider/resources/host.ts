import type * as pulumi from "@pulumi/pulumi";

/** The embedded stand-in for a Hyper-V host. */
export interface SimulatorHostArgs {
  readonly kind: "simulator";
  readonly directory: pulumi.Input<string>;
}

/** How to reach the machine that runs Hyper-V. Make one with {@link Host}. */
export type HostArgs = SimulatorHostArgs;

/** Where Hyper-V runs. The value is plain data, so it can also come from the stack's configuration `hyperv:host`. */
export const Host = {
  /**
   * The embedded simulator: no Windows needed. Its machines, points and jobs live in a directory of this computer, and it exports
   * real files to native absolute paths.
   *
   * @param args.directory Absolute path of the lab. An empty or absent directory becomes the default lab.
   */
  simulator(args: { readonly directory: pulumi.Input<string> }): SimulatorHostArgs {
    return { kind: "simulator", directory: args.directory };
  },
};
