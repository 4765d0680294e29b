import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Host, ReferencePointExport } from "pulumi-hyperv-reference-point";

const directory = resolve(new pulumi.Config().get("directory") ?? ".scratch");
const host = Host.simulator({ directory: join(directory, "host") });

// Two reference points of SQL01 on the simulated host, a day apart.
const sunday = "5A010000-0000-4000-8000-000000000001";
const monday = "5A010000-0000-4000-8000-000000000002";

const full = new ReferencePointExport("sql01-full", {
  host,
  virtualMachine: "SQL01",
  referencePoint: sunday,
  exportDirectory: join(directory, "exports", "sql01-full"),
});

const differential = new ReferencePointExport(
  "sql01-differential",
  {
    host,
    virtualMachine: "SQL01",
    referencePoint: monday,
    baseReferencePoint: sunday,
    exportDirectory: join(directory, "exports", "sql01-differential"),
  },
  // The differences are worth nothing without the full export, and Hyper-V exports a machine once at a time.
  { dependsOn: full },
);

export const fullBytes = full.totalBytes;
export const differentialBytes = differential.totalBytes;
export const kinds = [full.kind, differential.kind];
