import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { type HypervBackupPolicyOptions, hypervBackupPolicies } from "pulumi-hyperv-reference-point/policy";
import { describe, expect, it } from "vitest";
import { CHAIN_TYPE, CHECKPOINT_EXPORT_TYPE, EXPORT_TYPE, POINT_TYPE } from "../../provider/domain/records/owner-text";

type Shown = { type: string; name: string; props: Record<string, unknown>; protect?: boolean };

const shownExport = (props: Record<string, unknown>, protect = false): Shown => ({
  ...{ type: EXPORT_TYPE, name: "web01", protect },
  props: { virtualMachine: "WEB01", exportDirectory: "E:\\Exports\\WEB01", ...props },
});
const shownChain = (props: Record<string, unknown>, name = "sql01"): Shown => ({
  ...{ type: CHAIN_TYPE, name },
  props: { virtualMachine: "SQL01", directory: "E:\\Exports\\SQL01", ...props },
});
const shownPoint = (props: Record<string, unknown>): Shown => ({
  type: POINT_TYPE,
  name: "p",
  props: { virtualMachine: "SQL01", ...props },
});

/** What the policies say of the resources, as the SDK would ask them. */
function violations(options: HypervBackupPolicyOptions, ...resources: Shown[]): string[] {
  const said: string[] = [];
  const report = (text: string) => said.push(text);
  const seen = resources.map(({ protect = false, ...rest }) => ({ ...rest, urn: `urn:${rest.name}`, opts: { protect } }));
  for (const policy of hypervBackupPolicies(options)) {
    const { validateResource } = policy as ResourceValidationPolicy;
    const { validateStack } = policy as StackValidationPolicy;
    if (typeof validateResource === "function") for (const resource of seen) validateResource(resource as never, report);
    if (validateStack) validateStack({ resources: seen } as never, report);
  }
  return said;
}

it("an export by a checkpoint is held to every policy", () => {
  const of = (props: Record<string, unknown>): Shown => ({
    ...{ type: CHECKPOINT_EXPORT_TYPE, name: "one" },
    props: { virtualMachine: "SQL01", exportDirectory: "C:\\Exports", ...props },
  });
  const made = (madeAt: string, consistency: string) => ({
    result: { generations: [`export ${madeAt} full 1`], newestGeneration: { consistency, manifestSha256: "a" } },
  });
  const young = `${new Date().toISOString().slice(0, 19)}Z`;
  expect(violations({ keptOnDestroy: {} }, of({}))).toHaveLength(1);
  expect(violations({ ownVolume: { volumes: { "*": ["C:"] } } }, of({}))).toHaveLength(1);
  expect(violations({ applicationConsistency: { virtualMachines: ["SQL*"] } }, of({ consistency: "crash" }))).toHaveLength(1);
  expect(violations({ applicationConsistency: { virtualMachines: ["SQL*"] } }, of(made(young, "crash")))).toHaveLength(1);
  expect(violations({ applicationConsistency: { virtualMachines: ["SQL*"] } }, of(made(young, "application")))).toEqual([]);
  expect(violations({ newestGeneration: { hours: 26 } }, of(made(young, "application")))).toEqual([]);
  expect(violations({ newestGeneration: { hours: 26 } }, of(made("2020-01-01T00:00:00Z", "application")))).toHaveLength(1);
});

describe("keptOnDestroy", () => {
  it.each([
    [shownExport({ onDestroy: "keep" }), 0],
    [shownExport({}, true), 0],
    [shownExport({}), 1],
    [shownExport({ onDestroy: "delete" }), 1],
    [shownChain({}), 1],
    [shownChain({ onDestroy: "keep" }), 0],
    [shownPoint({}), 0],
    [{ ...shownExport({}), type: "pulumi-nodejs:dynamic/other:ReferencePointExport" }, 0],
  ])("%j: %i", (resource, count) => {
    expect(violations({ keptOnDestroy: {} }, resource)).toHaveLength(count);
  });
});

describe("ownVolume", () => {
  const volumes = { "sql*": ["D:", "C:\\ClusterStorage\\Volume1"], "*": ["C:", "/var/lib/machines"] };
  it.each([
    ["E:\\Exports\\SQL01", 0],
    ["D:\\Exports\\SQL01", 1],
    ["d:/exports", 1],
    ["D:\\", 1],
    ["c:\\clusterstorage\\volume1\\Exports", 1],
    ["C:\\ClusterStorage\\Volume10\\Exports", 0],
    ["C:\\ClusterStorage", 1],
    ["C:\\Exports", 1],
    ["\\\\backup\\D\\SQL01", 0],
    ["/var/lib/machines/exports", 1],
    ["/var/lib/machines2", 0],
  ])("a chain of SQL01 in %s: %i", (directory, count) => {
    expect(violations({ ownVolume: { volumes } }, shownChain({ directory }))).toHaveLength(count);
  });

  it("names what it has found, and asks for another volume", () => {
    expect(violations({ ownVolume: { volumes } }, shownExport({ exportDirectory: "C:\\Exports" }))).toEqual([
      'The export "web01" lies on C:, which holds the machine itself: both would be lost together. Name a directory on another volume.',
    ]);
    expect(violations({ ownVolume: { volumes } }, shownExport({ exportDirectory: "D:\\Exports" }))).toEqual([]);
  });

  it.each([
    ["F:\\VMs\\SQL01.vhdx", "f:\\Exports", 1],
    ["C:\\ClusterStorage\\V2\\SQL01.vhdx", "C:\\ClusterStorage\\v2\\Exports", 1],
    ["C:\\ClusterStorage\\V2\\SQL01.vhdx", "C:\\Exports", 0],
    ["\\\\files\\machines\\SQL01.vhdx", "\\\\FILES\\machines\\exports", 1],
    ["SQL01.vhdx", "F:\\Exports", 0],
    ["/srv/lab/SQL01.vhdx", "/srv/exports", 0],
  ])("disk %s, export to %s: %i", (disk, directory, count) => {
    expect(violations({ ownVolume: {} }, shownExport({ disksToExport: [disk], exportDirectory: directory }))).toHaveLength(count);
    expect(violations({ ownVolume: {} }, shownChain({ disks: [disk], directory }))).toHaveLength(count);
  });
});

describe("verifiedByContent", () => {
  it.each([
    [undefined, { days: 7 }, 1],
    [{ level: "size" }, { days: 7 }, 1],
    [{ portion: "1/7" }, { days: 7 }, 1],
    [{ level: "content" }, { days: 7 }, 0],
    [{ level: "content" }, { days: 0.5 }, 0],
    [{ level: "content", portion: "1/7" }, { days: 7 }, 0],
    [{ level: "content", portion: "1/8" }, { days: 7 }, 1],
    [{ level: "content", portion: "1/2" }, { days: 7, daysBetweenRefreshes: 3 }, 0],
    [{ level: "content", portion: "1/3" }, { days: 7, daysBetweenRefreshes: 3 }, 1],
    [{ level: "content", portion: "1/14" }, { days: 7, daysBetweenRefreshes: 0.5 }, 0],
  ])("verification %j, %j: %i", (verification, options, count) => {
    for (const resource of [shownExport({ verification }), shownChain({ verification })])
      expect(violations({ verifiedByContent: options }, resource)).toHaveLength(count);
  });

  it("tells how long it takes, and what would do", () => {
    const verification = { level: "content", portion: "1/30" };
    expect(violations({ verifiedByContent: { days: 7 } }, shownExport({ verification }))).toEqual([
      'With portion "1/30", refreshes take 30 days to read the export "web01", and 7 are allowed. Give it verification: { level: "content", portion: "1/7" }.',
    ]);
  });
});

describe("applicationConsistency", () => {
  const options = { applicationConsistency: { virtualMachines: ["sql*", "5A010000-0000-4000-8000-00000000000A"] } };
  const id = { virtualMachineId: "5A010000-0000-4000-8000-00000000000A", virtualMachineName: "DB" };
  it.each([
    [shownExport({ virtualMachine: "SQL01" }), 1],
    [shownExport({ virtualMachine: "SQL01", requireConsistency: "crash" }), 1],
    [shownExport({ virtualMachine: "SQL01", requireConsistency: "application" }), 0],
    [shownExport({ virtualMachine: "WEB01" }), 0],
    [shownChain({}), 0],
    [shownChain({ consistency: "application-if-possible" }), 1],
    [shownPoint({}), 0],
    [shownPoint({ consistency: "crash" }), 1],
    [shownPoint({ result: { ...id, consistency: "crash" } }), 1],
    [shownPoint({ virtualMachine: "other", result: { ...id, consistency: "crash" } }), 1],
    [shownPoint({ result: { ...id, consistency: "application" } }), 0],
    [shownExport({ virtualMachine: "SQL01", requireConsistency: "application", result: { ...id, consistency: "unknown" } }), 1],
    [shownExport({ result: { virtualMachineName: "WEB01", consistency: "crash" } }), 0],
  ])("%j: %i", (resource, count) => {
    expect(violations(options, resource)).toHaveLength(count);
  });
});

describe("newestGeneration", () => {
  const ago = (hours: number) => `${new Date(Date.now() - hours * 3_600_000).toISOString().slice(0, 19)}Z`;
  const line = (hours: number, condition = "") => `n ${ago(hours)} full 1${condition && ` ${condition}`}`;
  const chain = (...generations: string[]) => shownChain({ result: { virtualMachineId: "A", generations, status: "intact" } });
  const exported = (hours: number, status = "intact", machine = "A") =>
    shownExport({ result: { virtualMachineId: machine, startedAt: ago(hours), status } });
  const old = { virtualMachineId: "A", startedAt: ago(50), status: "intact" };
  it.each([
    ["a young one", [chain(line(50), line(25))], 0],
    ["an old one", [chain(line(50), line(27))], 1],
    ["a young one that is damaged", [chain(line(50), line(2, "damaged"))], 1],
    ["a young one without its base", [chain(line(50), line(2, "baseMissing"))], 1],
    ["none", [chain()], 1],
    ["one that a wrong clock has dated", [chain(line(50), line(-300))], 1],
    ["an old chain, and a young export beside it", [chain(line(50)), exported(2)], 0],
    ["an old chain, and a damaged export beside it", [chain(line(50)), exported(2, "damaged")], 1],
    ["an old chain, and a young export of another machine", [chain(line(50)), exported(2, "intact", "B")], 1],
    ["two machines with old ones", [exported(50), exported(50, "intact", "B")], 2],
    [
      "an old export, and a chain of the machine that is to be changed",
      [shownExport({ result: { ...old, virtualMachineName: "sql01" } }), shownChain({})],
      0,
    ],
    [
      "an old export, and a chain of another machine that is to be changed",
      [shownExport({ result: { ...old, virtualMachineName: "WEB01" } }), shownChain({})],
      1,
    ],
    ["what is not made yet", [shownChain({}), shownExport({})], 0],
    ["a point", [shownPoint({ result: { virtualMachineId: "A", createdAt: ago(50), status: "intact" } })], 0],
  ])("%s", (_, resources, count) => {
    expect(violations({ newestGeneration: { hours: 26 } }, ...resources)).toHaveLength(count);
  });
});

describe("the options", () => {
  it("make the policies that are asked for, each with the level that it is given", () => {
    const made = hypervBackupPolicies({ keptOnDestroy: { enforcementLevel: "mandatory" }, newestGeneration: { hours: 26 } });
    expect(made.map(({ name, enforcementLevel }) => [name, enforcementLevel])).toEqual([
      ["hyperv-kept-on-destroy", "mandatory"],
      ["hyperv-newest-generation", undefined],
    ]);
  });

  it.each([
    [{}, /no policy to make/],
    [{ keptOnDestroy: undefined }, /no policy to make/],
    [undefined, /the options/],
    [{ keptOnDestory: {} }, /keptOnDestory/],
    [{ newestGeneration: { hours: 0 } }, /newestGeneration\.hours: must be more than 0/],
    [{ newestGeneration: {}, applicationConsistency: { virtualMachines: [] } }, /virtualMachines: must name.*newestGeneration\.hours/],
    [{ keptOnDestroy: { enforcementLevel: "loud" } }, /keptOnDestroy\.enforcementLevel/],
    [{ ownVolume: { volumes: { "*": [] } } }, /ownVolume\.volumes\.\*: must name a volume/],
  ])("%j are refused", (options, said) => {
    expect(() => hypervBackupPolicies(options as never)).toThrow(said);
  });
});
