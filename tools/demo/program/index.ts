import { join } from "node:path";
import { Config } from "@pulumi/pulumi";
import { Host, ReferencePointExport } from "pulumi-hyperv-reference-point";

const config = new Config();
const host = Host.simulator({ directory: config.require("host") });
const exportsDirectory = config.require("exports");

const sql01 = new ReferencePointExport("sql01", {
  host,
  virtualMachine: "SQL01",
  referencePoint: config.require("firstPoint"),
  exportDirectory: join(exportsDirectory, "sql01"),
});

// Only what changed since the first point.
const sql01Changes = new ReferencePointExport(
  "sql01-changes",
  {
    host,
    virtualMachine: "SQL01",
    referencePoint: config.require("secondPoint"),
    baseReferencePoint: config.require("firstPoint"),
    exportDirectory: join(exportsDirectory, "sql01-changes"),
  },
  { dependsOn: sql01 },
);

// The machine has one reference point, so it needs no name.
const web01 = new ReferencePointExport("web01", { host, virtualMachine: "WEB01", exportDirectory: join(exportsDirectory, "web01") });

const summary = ({ kind, status, totalBytes, exportDirectory }: ReferencePointExport) => ({ kind, status, totalBytes, exportDirectory });

module.exports = { sql01: summary(sql01), "sql01-changes": summary(sql01Changes), web01: summary(web01) };
