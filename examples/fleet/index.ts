import * as pulumi from "@pulumi/pulumi";
import { ExportChain, getVirtualMachines } from "pulumi-hyperv-reference-point";

const config = new pulumi.Config();
const directory = config.require("directory");

const chains = getVirtualMachines({ name: config.get("pattern") ?? "*" }).then(({ virtualMachines }) =>
  virtualMachines.map(
    ({ id, name }) =>
      new ExportChain(
        name.toLowerCase(),
        {
          virtualMachine: id,
          directory: `${directory}/${name.toLowerCase()}`,
          via: "referencePoint",
          generation: config.require("generation"),
          keep: { last: 7, weekly: 4 },
          consistency: "application-if-possible",
        },
        // A machine that is gone from the host, or has got another name, leaves this program, and its chain with it. Its backups must not go then:
        // protect refuses the delete until a person has looked, and with retainOnDelete the state lets go and the files stay.
        { protect: true, retainOnDelete: true },
      ),
  ),
);

export const status = pulumi
  .output(chains)
  .apply((all) => pulumi.all(all.map((chain) => pulumi.all([chain.virtualMachineName, chain.status]))));
