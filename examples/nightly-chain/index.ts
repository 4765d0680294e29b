import * as pulumi from "@pulumi/pulumi";
import { ExportChain } from "pulumi-hyperv-reference-point";

// The host comes from the stack's configuration. The whole scheduler is a nightly `pulumi up --yes --refresh`:
//   pulumi config set --path hyperv:host.kind simulator
//   pulumi config set --path hyperv:host.directory /srv/hyperv-lab
const config = new pulumi.Config();

const sql01 = new ExportChain(
  "sql01",
  {
    virtualMachine: config.get("virtualMachine") ?? "SQL01",
    directory: config.require("directory"),
    via: "checkpoint",
    generation: { every: "1d" },
    fullEvery: 7,
    keep: { last: 14, weekly: 8, monthly: 12 },
    timeZone: "UTC",
    consistency: "application-if-possible",
  },
  // Weeks of backups do not go because a line of this program does.
  { protect: true },
);

export const generations = sql01.generations;
export const status = sql01.status;
export const problems = sql01.problems;
