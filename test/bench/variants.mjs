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

/** A dynamic resource that does nothing, with the arguments and outputs of a ReferencePointExport: what declaring one costs at the least. */
const shaped = {
  name: "noop of the same shape",
  program: `
    const pulumi = require("@pulumi/pulumi");
    const text = 'process.once("SIGINT", () => process.exit(0));' +
      'const file = (path, role) => ({ path, bytes: 65536, sha256: "0".repeat(64), role }); const point = "Microsoft:00000000-0000-4000-8000-000000000000";' +
      'const facts = { exportId: point.slice(10), virtualMachineId: point.slice(10), virtualMachineName: "vm0", referencePointId: point, consistency: "application",' +
      'kind: "full", files: [file("Virtual Hard Disks/vm0.vhdx", "disk"), file("Virtual Machines/" + point.slice(10) + ".vmcx", "configuration"),' +
      'file("Virtual Machines/" + point.slice(10) + ".vmgs", "guestState"), file("Virtual Machines/" + point.slice(10) + ".vmrs", "runtimeState")],' +
      'totalBytes: 1, startedAt: new Date().toISOString(), completedAt: new Date().toISOString(), manifestSha256: "0".repeat(64), status: "intact", problems: [], warnings: [] };' +
      'exports.handler = () => ({ check: async (olds, news) => ({ inputs: { ...news, status: "intact", problems: [] } }), diff: async () => ({ changes: false }),' +
      'create: async (news) => ({ id: point.slice(10), outs: { ...news, ...facts } }), read: async (id, props) => ({ id, props }),' +
      'update: async (id, olds, news) => ({ outs: news }), delete: async () => {} });';
    const outputs = Object.fromEntries(["exportId", "virtualMachineId", "virtualMachineName", "referencePointId", "baseReferencePointId", "consistency",
      "kind", "files", "totalBytes", "startedAt", "completedAt", "manifestSha256", "status", "problems", "warnings"].map((name) => [name, undefined]));
    const TYPE = "pulumi-nodejs:dynamic/bench:Shaped";
    class Shaped extends pulumi.CustomResource {
      constructor(name, props) {
        const createUrn = "urn:pulumi:" + pulumi.getStack() + "::" + pulumi.getProject() + "::" + TYPE + "::" + name;
        super(TYPE, name, { ...outputs, ...props, createUrn, __provider: text });
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
export const floor = noop.name;
export const shapedFloor = shaped.name;
export const ours = exports_.name;
export const peer = command.name;
