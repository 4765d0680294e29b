import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host, ReferencePoint, ReferencePointExport } from "pulumi-hyperv-reference-point";

const config = new pulumi.Config();
const directory = resolve(config.get("directory") ?? ".scratch");
const host = Host.simulator({ directory: join(directory, "host") });
const night = config.get("night") ?? "first";

// Another night makes a new point. The old one goes when the new one has been exported.
const point = new ReferencePoint("web01", { host, virtualMachine: "WEB01", consistency: "application", triggers: [night] });

const exported = new ReferencePointExport("web01", {
  host,
  virtualMachine: "WEB01",
  referencePoint: point.referencePointId,
  requireConsistency: "application",
  exportDirectory: join(directory, "exports", `web01-${night}`),
});

export const referencePoint = point.referencePointId;
export const consistency = point.consistency;
export const exportedPoint = exported.referencePointId;
