import { expect, it } from "vitest";
import type { FileRole } from "../../provider/domain/hyperv/file-extensions";
import type { NamedFile } from "../../provider/domain/records/attempt";
import { type DescribedExport, type LinePosition, provedFacts } from "../../provider/domain/records/restore-facts";

const file = (path: string, role: FileRole) => ({ path, role });
const named = (path: string, namedBy: NamedFile["namedBy"]): NamedFile => ({ path, namedBy });
const disk = (instanceId: string) => ({ instanceId, path: `D:\\VMs\\${instanceId}.vhdx`, bytes: 5 });

const facts = (described: Partial<DescribedExport>, linePosition?: LinePosition) =>
  provedFacts({ target: { disks: [disk("a")] }, files: [], ...described }, (text) => text.toLowerCase(), linePosition);

it("the files of the machine are told where there is one of a role", () => {
  const files = [file("m/x.vmcx", "configuration"), file("m/x.vmrs", "runtimeState"), file("m/x.vmgs", "guestState")];
  expect(facts({ files })).toEqual({ position: 1, configuration: "m/x.vmcx", runtimeState: "m/x.vmrs", guestState: "m/x.vmgs", disks: [] });
});

it("of several, the one that the job has named is meant, in whatever letters; else none is told", () => {
  const files = [file("m/x.vmcx", "configuration"), file("s/y.vmcx", "configuration")];
  expect(facts({ files })).not.toHaveProperty("configuration");
  expect(facts({ files, named: [named("S/Y.VMCX", "configuration")] }).configuration).toBe("s/y.vmcx");
  const both = files.map(({ path }) => named(path, "configuration"));
  expect(facts({ files, named: both })).not.toHaveProperty("configuration");
});

it("which file is which disk is told of a single disk with a single file, whatever that is called", () => {
  for (const role of ["disk", "log"] as const)
    expect(facts({ files: [file("q", role), file("x.rct", "other")] }).disks).toEqual([{ instanceId: "a", file: "q" }]);
  expect(facts({ files: [file("a.vhdx", "disk"), file("a.avhdx", "disk")] }).disks).toEqual([]);
  expect(facts({ target: { disks: [disk("a"), disk("b")] }, files: [file("a.vhdx", "disk")] }).disks).toEqual([]);
  expect(facts({ target: { disks: [] }, files: [file("a.vhdx", "disk")] }).disks).toEqual([]);
});

it("a full export is the first of a restore; the place of a difference is told by its chain alone", () => {
  const target = { baseReferencePointId: "Microsoft:B", disks: [] };
  const parent = { directory: "n1", referencePointId: "Microsoft:A", manifestSha256: "0".repeat(64) };
  expect(facts({}).position).toBe(1);
  expect(facts({ target })).not.toHaveProperty("position");
  expect(facts({ target }, { position: 3, parent })).toMatchObject({ position: 3, parent });
});
