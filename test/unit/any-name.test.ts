import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filesOfAttempt, type ListedFile } from "../../provider/domain/listing/written-files";
import { type PathStyle, pathRules } from "../../provider/domain/paths/path-rules";
import { newAttempt } from "../../provider/domain/records/attempt";
import { type Claim, claimFormat, parseClaim } from "../../provider/domain/records/claim";
import { finishedBy, type Manifest, manifestDigest, manifestFormat, parseManifest } from "../../provider/domain/records/manifest";
import { ownerOfUrn } from "../../provider/domain/records/owner";
import { recordText } from "../../provider/domain/records/record-file";
import { parseStoredState } from "../../provider/domain/reference-point-export/stored-state";
import { removableFiles } from "../../provider/lifecycle/directory/removable-files";
import { anyText } from "./path-texts";

/** Names that some system takes for others, and texts of about the greatest length. */
const odd = fc.constantFrom(
  ..."aux .vhdx|CON|nul.txt|lpt9.vhdx|COM¹|a.|a |...|PROGRA~1|__proto__|constructor|~|Thumbs|é|e\u0301|a\\b|a:b|x\ny".split("|"),
  `${"漢".repeat(84)}.vhdx`,
  `${"漢".repeat(83)}.vhdx`,
  "é".repeat(127),
  "😀".repeat(63),
  "x".repeat(255),
  "ſ",
  "K",
  "k",
  "\u212a",
);
const path = fc
  .array(fc.oneof(odd, anyText, fc.string({ minLength: 1, maxLength: 20 })), { minLength: 1, maxLength: 4 })
  .map((names) => names.join("/"));

const target = {
  virtualMachineId: "VM",
  virtualMachineName: "SQL01",
  referencePointId: "Microsoft:P",
  consistency: "crash" as const,
  disksToExport: [],
  disks: [],
};

describe.each<PathStyle>(["windows", "posix"])("whatever a host of %s paths has written", (style) => {
  const rules = pathRules(style);
  /** No file is a folder of another one, as on any disk. */
  const listing = fc.uniqueArray(path.filter(rules.isRelative), { maxLength: 8, selector: rules.fold }).map((all) => {
    const paths = all.filter((one) => !all.some((other) => rules.fold(other).startsWith(`${rules.fold(one)}/`)));
    return paths.map((one): ListedFile => ({ path: one, kind: "file", bytes: 1 }));
  });

  it("can be listed, read back and removed, each file under its own name", () => {
    let names = 0;
    fc.assert(
      fc.property(listing, (entries) => {
        const attempt = {
          ...newAttempt(target, "", "2026-11-28T00:00:00.000Z", "run"),
          before: [],
          named: entries.map((entry) => ({ path: entry.path, namedBy: "log" as const })),
        };
        const written = filesOfAttempt(attempt, entries, rules);
        names += written.length;
        const manifest: Manifest = {
          format: manifestFormat,
          version: 1,
          exportId: "id",
          ...target,
          kind: "full",
          startedAt: attempt.startedAt,
          completedAt: attempt.startedAt,
          totalBytes: written.length,
          warnings: [],
          files: written.map((file) => ({ ...file, sha256: "a".repeat(64) })),
        };
        const read = parseManifest(recordText(manifest), rules);
        expect(read).toEqual({ ok: true, value: manifest });
        const claim: Claim = {
          format: claimFormat,
          version: 1,
          exportId: "id",
          owner: ownerOfUrn("urn"),
          canonicalPath: "/x",
          claimedAt: attempt.startedAt,
          attempt: { ...attempt, files: written.map((file) => file.path) },
          finished: finishedBy(manifest),
        };
        expect(parseClaim(recordText(claim), rules)).toEqual({ ok: true, value: claim });
        const properties = {
          host: { kind: "local" },
          exportDirectory: "/x",
          files: manifest.files,
          manifestSha256: manifestDigest(manifest),
        };
        const state = parseStoredState("id", JSON.parse(JSON.stringify(properties)) as typeof properties, () => rules);
        if (!state.ok) throw new Error(state.reason);
        const view = { directory: "/x", canonicalPath: "/x", entries, freeBytes: undefined, claimText: undefined };
        const records = { claim: { kind: "absent" }, manifest: { kind: "absent" } } as const;
        for (const vouching of [claim, { ...claim, attempt: undefined }, undefined] as (Claim | undefined)[]) {
          const removed = removableFiles({ paths: rules }, { ...view, ...records }, state.value, vouching);
          expect(removed.sort()).toEqual(written.map((file) => file.path).sort());
        }
      }),
      { numRuns: 1000 },
    );
    expect(names).toBeGreaterThan(1000);
  });
});
