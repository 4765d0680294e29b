// What is compared. Each variant is a Pulumi program of N resources, in plain JavaScript, and what it needs beforehand.

/** The floor: a dynamic resource that does nothing. */
const noop = {
  name: "noop",
  program: `
    const pulumi = require("@pulumi/pulumi");
    const text = 'process.once("SIGINT", () => process.exit(0)); exports.handler = () => ({' +
      'check: async (olds, news) => ({ inputs: news }), diff: async () => ({ changes: false }), create: async (news) => ({ id: "x", outs: news }),' +
      'read: async (id, props) => ({ id, props }), update: async (id, olds, news) => ({ outs: news }), delete: async () => {} });';
    class Noop extends pulumi.CustomResource {
      constructor(name, props) { super("pulumi-nodejs:dynamic/bench:Noop", name, { ...props, __provider: text }); }
    }
    for (let i = 0; i < Number(process.env.BENCH_N); i++) new Noop("r" + i, { index: i });`,
};

/** A dynamic resource that does nothing, with the arguments and the state of a ReferencePointExport: what declaring one costs at the least. */
const shaped = {
  name: "noop of the same shape",
  program: `
    const pulumi = require("@pulumi/pulumi");
    const text = 'process.once("SIGINT", () => process.exit(0)); const { randomUUID } = require("crypto");' +
      'const file = (path) => "0".repeat(43) + " 65536 " + path; const id = () => randomUUID().toUpperCase();' +
      'const result = (name, point = id()) => ({ virtualMachineId: id(), virtualMachineName: name, referencePointId: "Microsoft:" + point, consistency: "application",' +
      'kind: "full", files: [file("Virtual Hard Disks/" + name + ".vhdx"), ...["vmcx", "vmgs", "vmrs"].map((end) => file("Virtual Machines/" + point + "." + end))],' +
      'startedAt: new Date().toISOString(), completedAt: new Date().toISOString(), manifestSha256: "0".repeat(64), status: "intact" });' +
      'exports.handler = () => ({ check: async (olds, news) => ({ inputs: news }), diff: async () => ({ changes: false }),' +
      'create: async (news) => ({ id: randomUUID(), outs: { ...news, result: result(news.virtualMachine) } }), read: async (id, props) => ({ id, props }),' +
      'update: async (id, olds, news) => ({ outs: news }), delete: async () => {} });';
    class Shaped extends pulumi.CustomResource {
      constructor(name, props) {
        const __owner = pulumi.getStack() + "::" + pulumi.getProject() + "::::" + name;
        super("pulumi-nodejs:dynamic/bench:Shaped", name, { ...props, __owner, __provider: text, result: undefined });
      }
    }
    const host = { kind: "simulator", directory: process.env.BENCH_LAB };
    for (let i = 0; i < Number(process.env.BENCH_N); i++)
      new Shaped("r" + i, { host, virtualMachine: "vm" + i, exportDirectory: process.env.BENCH_EXPORTS + "/vm" + i });`,
};

/**
 * A stand-in for @pulumi/command's local.Command: one process an operation, which needs 350 ms to start, as PowerShell does. It has no
 * read, as the original. It pays for a Node provider process that the original, a Go plugin, does not need.
 */
const command = {
  name: "command",
  program: `
    const pulumi = require("@pulumi/pulumi");
    const text = 'process.once("SIGINT", () => process.exit(0)); const { execFile } = require("child_process");' +
      'const run = () => new Promise((resolve, reject) => execFile("/bin/sh", ["-c", "sleep 0.35; echo done"], (error, out) => error ? reject(error) : resolve(out)));' +
      'exports.handler = () => ({ check: async (olds, news) => ({ inputs: news }), diff: async () => ({ changes: false }),' +
      'create: async (news) => ({ id: "x", outs: { ...news, stdout: await run() } }), read: async (id, props) => ({ id, props }),' +
      'update: async (id, olds, news) => ({ outs: news }), delete: async () => { await run(); } });';
    class Command extends pulumi.CustomResource {
      constructor(name, props) { super("pulumi-nodejs:dynamic/bench:Command", name, { ...props, __provider: text }); }
    }
    for (let i = 0; i < Number(process.env.BENCH_N); i++) new Command("r" + i, { create: "export vm" + i, delete: "remove vm" + i });`,
};

/** This package, on a simulator whose jobs end at once. */
const exports_ = {
  name: "export",
  program: `
    const { Host, ReferencePointExport } = require("pulumi-hyperv-reference-point");
    const host = Host.simulator({ directory: process.env.BENCH_LAB });
    for (let i = 0; i < Number(process.env.BENCH_N); i++)
      new ReferencePointExport("r" + i, { host, virtualMachine: "vm" + i, exportDirectory: process.env.BENCH_EXPORTS + "/vm" + i });`,
};

export const variants = [noop, shaped, command, exports_];

export const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "1", PULUMI_SKIP_CHECKPOINTS: "1" };

/** The same program under the settings of the CLI that decide how often, and how, a file backend's state is written. */
export const settings = [
  { ...exports_, name: "default" },
  { ...exports_, name: "compressed state", env: { PULUMI_SELF_MANAGED_STATE_GZIP: "true" } },
  { ...exports_, name: "no checkpoints", env: withoutCheckpoints },
];
export const floor = noop.name;
export const shapedFloor = shaped.name;
export const ours = exports_.name;
export const peer = command.name;
