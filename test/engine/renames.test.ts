import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { opOf, type TestStack } from "./test-stack";
import { CLAIM, filesIn, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

interface Claim {
  readonly exportId: string;
  readonly owner: { readonly urn: string };
}
const claimIn = (directory: string) => JSON.parse(readFileSync(join(directory, CLAIM), "utf8")) as Claim;

/** The claim names the resource as it is called now, and whoever has its old name is refused. */
async function expectOwned(directory: string, stack: TestStack, name: string, former: TestStack, formerName: string): Promise<void> {
  const { urn, id } = stack.resource(name);
  expect(claimIn(directory)).toMatchObject({ exportId: id, owner: { urn } });
  const calls = (await place.lab.calls()).length;
  const files = filesIn(directory);
  const program = async () => {
    if (former === stack) await place.program({ exportDirectory: directory }, { name })();
    await place.program({ exportDirectory: directory }, { name: formerName })();
  };
  const refused = await former.up(program);
  expect(refused.ok).toBe(false);
  expect(refused.text).toContain("Code: directory-owned-by-another");
  expect(refused.text).toContain(`belongs to resource "${name}" of stack "engine/${stack.name}"`);
  if (former !== stack) expect((await former.destroy()).ok).toBe(true);
  expect(filesIn(directory)).toEqual(files);
  expect((await place.lab.calls()).length).toBe(calls);
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
}

it("an alias: the first up writes the new name into the claim, the second changes nothing", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  await stack.up(place.program({ exportDirectory }));
  const renamed = place.program({ exportDirectory }, { name: "renamed", aliases: [{ name: "export" }] });
  const first = await stack.up(renamed);
  expect(opOf(first, "renamed")).toBe("update");
  expect(first.text).toContain("[diff: +owner]");
  expect(opOf(await stack.up(renamed), "renamed")).toBe("same");
  await expectOwned(exportDirectory, stack, "renamed", stack, "export");
  // A repair by the renamed resource.
  rmSync(join(exportDirectory, "Virtual Hard Disks"), { recursive: true });
  expect(await stack.up(renamed, { refresh: true })).toMatchObject({ ok: true });
  await place.expectRestorable([exportDirectory], points.sql01[1]);
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect(existsSync(exportDirectory)).toBe(false);
});

it("pulumi state rename: the next up writes the new name into the claim", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  await stack.up(place.program({ exportDirectory }));
  stack.renameResource(stack.resource().urn, "renamed");
  expect(opOf(await stack.up(place.program({ exportDirectory }, { name: "renamed" })), "renamed")).toBe("update");
  await expectOwned(exportDirectory, stack, "renamed", stack, "export");
});

it("pulumi stack rename: a new stack of the old name is refused the exports of the old one", async () => {
  const stack = await place.stack();
  const formerName = stack.name;
  const exportDirectory = place.directory();
  await stack.up(place.program({ exportDirectory }));
  await stack.rename("production");
  expect(opOf(await stack.up(place.program({ exportDirectory })))).toBe("update");
  await expectOwned(exportDirectory, stack, "export", await place.stack({}, formerName), "export");
  expect(await stack.destroy()).toMatchObject({ ok: true });
  expect(existsSync(exportDirectory)).toBe(false);
});

it("a rename that was given up half way: refresh shows the name in the claim, and the next up takes it back", async () => {
  const stack = await place.stack();
  const exportDirectory = place.directory();
  await stack.up(place.program({ exportDirectory }));
  const { urn, id } = stack.resource();
  const claim = join(exportDirectory, CLAIM);
  writeFileSync(claim, readFileSync(claim, "utf8").replaceAll(urn, urn.replace(/export$/, "renamed")));
  expect((await stack.refresh({ expectNoChanges: true })).ok).toBe(false);
  await stack.refresh();
  expect(stack.resource().outputs).toMatchObject({ status: "intact", createUrn: urn.replace(/export$/, "renamed") });
  expect(opOf(await stack.up(place.program({ exportDirectory })))).toBe("update");
  expect(claimIn(exportDirectory)).toMatchObject({ exportId: id, owner: { urn } });
  expect(await stack.refresh({ expectNoChanges: true })).toMatchObject({ ok: true });
});
