import * as pulumi from "@pulumi/pulumi";
import { ReferencePointExport } from "pulumi-hyperv-reference-point";

// No host here: the stack says it, so this program runs on a simulator in one stack and elsewhere in another.
//   pulumi config set --path hyperv:host.kind simulator
//   pulumi config set --path hyperv:host.directory /srv/hyperv-lab
const web01 = new ReferencePointExport("web01", {
  virtualMachine: "WEB01",
  exportDirectory: new pulumi.Config().require("exportDirectory"),
});

export const status = web01.status;
export const files = web01.files.apply((list) => list.map((file) => file.path));
