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
      new ReferencePointExport("r" + i, { host, virtualMachine: "VM" + i, exportDirectory: process.env.BENCH_EXPORTS + "/vm" + i });`,
};

export const variants = [noop, command, exports_];
export const floor = noop.name;
export const ours = exports_.name;
export const peer = command.name;
