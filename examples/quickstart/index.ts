import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host, ReferencePointExport } from "pulumi-hyperv-reference-point";

// The simulated host and its exports live in one folder; it is made on the first run.
const directory = resolve(new pulumi.Config().get("directory") ?? ".scratch");

const web01 = new ReferencePointExport("web01", {
  host: Host.simulator({ directory: join(directory, "host") }),
  virtualMachine: "WEB01", // it has one reference point, so the point needs no name
  exportDirectory: join(directory, "exports", "web01"),
});

export const referencePoint = web01.referencePointId;
export const exportDirectory = web01.exportDirectory;
export const totalBytes = web01.totalBytes;
export const status = web01.status;
