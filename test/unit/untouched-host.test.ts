import { expect, it } from "vitest";
import { type DirectoryReport, HostError } from "../../provider/host/port";
import { UntouchedHost } from "../../provider/lifecycle/forecast/untouched-host";
import type { BatchedHost } from "../../provider/lifecycle/session/batched-host";

const folder = (canonicalPath: string): DirectoryReport => ({ kind: "directory", canonicalPath, entries: [], texts: {}, freeBytes: 10 });

/** What is said of a new directory /srv/backups/sql/new, by what is above it. */
async function madeBelow(there: Readonly<Record<string, DirectoryReport>>, refused?: string) {
  const host = {
    pathStyle: "posix",
    readDirectory: async ({ directory }: { directory: string }) => {
      if (directory === refused) throw new HostError("accessDenied", "No.");
      return there[directory] ?? { kind: "absent" };
    },
  };
  const untouched = new UntouchedHost(host as unknown as BatchedHost);
  const [made] = await untouched.createDirectories([{ directory: "/srv/backups/sql/new" }]);
  return { made: made?.ok && made.value, shown: untouched.freeBytes, canonicalPath: untouched.canonicalPath };
}

it("a new directory is below the nearest folder that is there, links resolved", async () => {
  const canonicalPath = "/mnt/big/backups/sql/new";
  const { made, shown, canonicalPath: told } = await madeBelow({ "/srv/backups": folder("/mnt/big/backups"), "/srv": folder("/srv") });
  expect([made, shown, told]).toEqual([{ created: true, canonicalPath, freeBytes: 10 }, 10, canonicalPath]);
});

it("below a link nobody knows the volume: what is free above the link refuses nothing and is not shown", async () => {
  const { made, shown, canonicalPath } = await madeBelow({ "/srv/backups": { kind: "notDirectory" }, "/srv": folder("/srv") });
  expect(made).toMatchObject({ created: true, freeBytes: Number.POSITIVE_INFINITY });
  expect([shown, canonicalPath]).toEqual([undefined, undefined]);
});

it("below a folder that cannot be looked at, neither", async () => {
  const { made, shown } = await madeBelow({ "/srv": folder("/srv") }, "/srv/backups");
  expect([made, shown]).toEqual([expect.objectContaining({ freeBytes: Number.POSITIVE_INFINITY }), undefined]);
});
