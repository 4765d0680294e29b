import { existsSync } from "node:fs";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { ExportChain, type ExportChainArgs, ReferencePointExport, type ReferencePointExportArgs } from "pulumi-hyperv-reference-point";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Run } from "../engine/test-stack";
import { points, Workplace } from "../engine/workplace";
import { PolicyPacks } from "./policy-pack";

let place: Workplace;
let packs: PolicyPacks;
beforeAll(async () => {
  place = await Workplace.open();
  await place.lab.configure({ pointJobDuration: 0 });
  packs = new PolicyPacks();
});
afterAll(() => {
  packs?.remove();
  place?.close();
});

const HOUR = 3_600_000;

/** Which policies complain of which resources. */
const complaints = ({ violations }: Run) => violations.map(({ policy, urn }) => `${policy}: ${urn.split("::").at(-1)}`).sort();

interface Declared {
  readonly directory: string;
  readonly web01?: Partial<ReferencePointExportArgs>;
  readonly sql01?: Partial<ExportChainArgs>;
  readonly opts?: pulumi.CustomResourceOptions;
}

function program({ directory, web01, sql01, opts }: Declared) {
  const { host } = place;
  return async () => {
    const exported = { host, virtualMachine: "WEB01", referencePoint: points.web01, exportDirectory: join(directory, "web01") };
    new ReferencePointExport("web01", { ...exported, ...web01 }, opts);
    const chain = { host, virtualMachine: "SQL01", directory: join(directory, "sql01"), via: "referencePoint" as const, generation: "n1" };
    new ExportChain("sql01", { ...chain, ...sql01 }, opts);
  };
}

const content = { verification: { level: "content" as const } };
const kept = { ...content, onDestroy: "keep" as const };

describe("a pack under the real CLI", () => {
  it("fails a preview and an up before anything is made, and names each resource with what it lacks", async () => {
    const directory = place.directory();
    const pack = packs.write({
      keptOnDestroy: {},
      ownVolume: { volumes: { "web*": [directory] } },
      verifiedByContent: { days: 7 },
      applicationConsistency: { virtualMachines: ["*"] },
      newestGeneration: { hours: 26 },
    });
    const stack = await place.stack();
    const bare = program({ directory, sql01: { consistency: "crash", verification: { level: "content", portion: "1/8" } } });
    for (const run of [await stack.preview(bare, { policyPacks: [pack] }), await stack.up(bare, { policyPacks: [pack] })]) {
      expect(run.ok).toBe(false);
      // An up ends at the first resource that is refused; a preview goes on.
      const all = [
        "hyperv-application-consistency-asked: sql01",
        "hyperv-application-consistency-asked: web01",
        "hyperv-kept-on-destroy: sql01",
        "hyperv-kept-on-destroy: web01",
        "hyperv-not-on-own-volume: web01",
        "hyperv-verified-by-content: sql01",
        "hyperv-verified-by-content: web01",
      ];
      expect(all).toEqual(expect.arrayContaining(complaints(run)));
      expect(run.violations.map(({ level }) => level)).toContain("mandatory");
    }
    expect(complaints(await stack.preview(bare, { policyPacks: [pack] }))).toHaveLength(7);
    expect(existsSync(directory)).toBe(false);

    const right = program({
      directory: place.directory(),
      web01: { ...kept, requireConsistency: "crash" },
      sql01: { ...kept, verification: { level: "content", portion: "1/7" } },
    });
    const fine = packs.write({ keptOnDestroy: {}, verifiedByContent: { days: 7 }, newestGeneration: { hours: 26 } });
    const run = await stack.up(right, { policyPacks: [fine] });
    expect([run.ok, run.violations]).toEqual([true, []]);
    const isProtected = program({ directory: place.directory(), web01: content, sql01: content, opts: { protect: true } });
    expect(await (await place.stack()).preview(isProtected, { policyPacks: [fine] })).toMatchObject({ ok: true, violations: [] });
  });

  it("only warns where a policy is advisory", async () => {
    const pack = packs.write({ keptOnDestroy: { enforcementLevel: "advisory" }, verifiedByContent: { days: 1 } });
    const stack = await place.stack();
    const run = await stack.preview(program({ directory: place.directory(), web01: content, sql01: content }), { policyPacks: [pack] });
    expect(run.ok, run.text).toBe(true);
    expect(run.violations.map(({ level, text }) => [level, text])).toEqual([
      ["advisory", expect.stringContaining("A destroy would remove the files of the ")],
      ["advisory", expect.stringContaining('Give it onDestroy: "keep", or the resource option protect: true.')],
    ]);
  });

  it("finds consistency in what was made, where the program does not name the machine as the pack does", async () => {
    const pack = packs.write({ applicationConsistency: { virtualMachines: ["WEB*"] } });
    const stack = await place.stack();
    const byId = program({ directory: place.directory(), web01: { virtualMachine: "3EB01000-0000-4000-8000-00000000000A" } });
    expect(await stack.preview(byId, { policyPacks: [pack] })).toMatchObject({ ok: true, violations: [] });
    const up = await stack.up(byId, { policyPacks: [pack] });
    expect([up.ok, complaints(up)]).toEqual([false, ["hyperv-application-consistency-found: web01"]]);
  });

  it("refuses a stack whose newest generation is too old, and never the up that makes a new one", async () => {
    const stack = await place.stack();
    const directory = place.directory();
    const night = (generation: string) => program({ directory, sql01: { generation } });
    expect(await stack.up(night("n1"))).toMatchObject({ ok: true });
    // A pack for which 30 hours have gone by.
    const later = packs.writeText(
      `const now = Date.now; Date.now = () => now() + ${30 * HOUR};
       import { PolicyPack } from "@pulumi/policy";
       import { hypervBackupPolicies } from "pulumi-hyperv-reference-point/policy";
       new PolicyPack("backups", { policies: hypervBackupPolicies({ newestGeneration: { hours: 26, enforcementLevel: "mandatory" } }) });`,
    );
    const same = await stack.preview(night("n1"), { policyPacks: [later] });
    expect([same.ok, complaints(same)]).toEqual([false, ["hyperv-newest-generation: sql01", "hyperv-newest-generation: web01"]]);
    expect(same.violations[0]?.text).toContain("it is 30 hours old");
    const next = await stack.preview(night("n2"), { policyPacks: [later] });
    expect(complaints(next)).toEqual(["hyperv-newest-generation: web01"]);
    const now = packs.write({ newestGeneration: { hours: 26 } });
    expect(await stack.preview(night("n1"), { policyPacks: [now] })).toMatchObject({ ok: true, violations: [] });
  });

  it("does not start with options that will not do, and says which", async () => {
    const pack = packs.write({ newestGeneration: { hours: -1 } });
    const run = await (await place.stack()).preview(program({ directory: place.directory() }), { policyPacks: [pack] });
    expect(run.ok).toBe(false);
    expect(run.text).toContain("newestGeneration.hours: must be more than 0");
  });
});
