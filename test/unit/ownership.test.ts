import { describe, expect, it } from "vitest";
import { newAttempt } from "../../provider/domain/records/attempt";
import { type Claim, claimFormat } from "../../provider/domain/records/claim";
import type { Manifest } from "../../provider/domain/records/manifest";
import { ownerOfUrn } from "../../provider/domain/records/owner";
import { recordText } from "../../provider/domain/records/record-file";
import type { DirectoryView, Found } from "../../provider/lifecycle/directory/look";
import { heldClaim, isOutsideReach, type Ownership, ownershipOf } from "../../provider/lifecycle/directory/ownership";

const OURS = "id-ours";
const OTHER = "id-other";
const URN = "urn:pulumi:dev::ops::type::sql01";
const STRANGER = "urn:pulumi:dev::ops::type::web01";
const POINT = "Microsoft:5A010000-0000-4000-8000-000000000001";
const ELSEWHERE = "Microsoft:5A010000-0000-4000-8000-000000000002";

const target = (referencePointId: string) => ({
  virtualMachineId: "5A010000-0000-4000-8000-00000000000A",
  virtualMachineName: "SQL01",
  referencePointId,
  consistency: "application" as const,
  disksToExport: [],
  disks: [],
});
const finished = (point: string) => ({ target: target(point), manifestSha256: "0".repeat(64), files: [], emptyFolders: [] });

const read = <T extends object>(value: T): Found<T> => ({ kind: "read", value, text: recordText(value) });
const claimOf = (exportId: string, urn: string, point: string | undefined): Claim => ({
  format: claimFormat,
  version: 1,
  exportId,
  owner: ownerOfUrn(urn),
  canonicalPath: "/x",
  claimedAt: "2026-11-28T00:00:00.000Z",
  ...(point !== undefined && { finished: finished(point) }),
});

type ClaimThere = "absent" | "damaged" | "copied" | { id: string; urn: string; point?: string };
type ManifestThere = "absent" | "damaged" | "ours" | "another's";

function viewOf(claim: ClaimThere, manifest: ManifestThere): DirectoryView {
  const found: Found<Claim> =
    claim === "absent" || claim === "copied"
      ? { kind: "absent" }
      : claim === "damaged"
        ? { kind: "damaged", reason: "it is not JSON" }
        : read(claimOf(claim.id, claim.urn, claim.point));
  const ids = { ours: OURS, "another's": OTHER };
  return {
    directory: "/x",
    canonicalPath: "/x",
    entries: [],
    freeBytes: undefined,
    claimText: undefined,
    claim: found,
    ...(claim === "copied" && { claimOfElsewhere: claimOf(OURS, URN, POINT) }),
    manifest:
      manifest === "absent"
        ? { kind: "absent" }
        : manifest === "damaged"
          ? { kind: "damaged", reason: "it is not JSON" }
          : read({ exportId: ids[manifest] } as Manifest),
  };
}

/** What a claim says, and whose that makes the directory, whatever the manifest says. */
const byClaim: [claim: Exclude<ClaimThere, string>, urn: string, knowsExport: boolean, kind: Ownership["kind"]][] = [
  [{ id: OURS, urn: URN }, URN, true, "ours"],
  [{ id: OURS, urn: URN }, "", false, "ours"],
  [{ id: OURS, urn: STRANGER }, URN, true, "ours"],
  [{ id: OURS, urn: STRANGER, point: ELSEWHERE }, URN, true, "ours"],
  [{ id: OTHER, urn: URN, point: POINT }, URN, true, "ours-under-another-id"],
  [{ id: OTHER, urn: URN }, URN, true, "ours-under-another-id"],
  [{ id: OTHER, urn: URN, point: ELSEWHERE }, URN, true, "same-owner"],
  [{ id: OTHER, urn: URN, point: POINT }, URN, false, "same-owner"],
  [{ id: OTHER, urn: URN }, URN, false, "same-owner"],
  [{ id: OTHER, urn: STRANGER, point: POINT }, URN, true, "anothers"],
  [{ id: OTHER, urn: STRANGER }, URN, false, "anothers"],
  [{ id: OTHER, urn: URN, point: POINT }, "", true, "anothers"],
  [{ id: OTHER, urn: "" }, "", true, "anothers"],
];

/** Where there is no claim to go by, the manifest says, as far as it can. */
const withoutClaim: [claim: "absent" | "damaged" | "copied", manifest: ManifestThere, kind: Ownership["kind"], outside: boolean][] = [
  ["absent", "absent", "none", false],
  ["absent", "damaged", "none", false],
  ["absent", "ours", "ours", false],
  ["absent", "another's", "anothers", true],
  ["damaged", "absent", "unreadable", false],
  ["damaged", "damaged", "unreadable", false],
  ["damaged", "ours", "unreadable", false],
  ["damaged", "another's", "unreadable", true],
  ["copied", "absent", "copy", true],
  ["copied", "damaged", "copy", true],
  ["copied", "ours", "copy", true],
  ["copied", "another's", "copy", true],
];

const manifests: ManifestThere[] = ["absent", "damaged", "ours", "another's"];

describe("whose an export directory is", () => {
  it.each(byClaim.flatMap((row) => manifests.map((manifest) => [...row, manifest] as const)))(
    "claim %j, asked by %j, export known: %j: %s, whatever the manifest (%s)",
    (claim, urn, knowsExport, kind, manifest) => {
      const isSameExport = (one: { referencePointId: string }) => one.referencePointId === POINT;
      const ownership = ownershipOf(viewOf(claim, manifest), { exportId: OURS, urn, ...(knowsExport && { isSameExport }) });
      expect(ownership.kind).toBe(kind);
      expect(isOutsideReach(ownership)).toBe(kind !== "ours");
      expect(heldClaim(ownership)?.exportId).toBe(kind === "anothers" ? undefined : claim.id);
    },
  );

  it.each(withoutClaim)("claim %s, manifest %s: %s", (claim, manifest, kind, outside) => {
    const ownership = ownershipOf(viewOf(claim, manifest), { exportId: OURS, urn: URN });
    expect(ownership.kind).toBe(kind);
    expect(isOutsideReach(ownership)).toBe(outside);
    expect(heldClaim(ownership)).toBeUndefined();
  });

  it("a claim that speaks of two exports is ours only if both are the known one", () => {
    const view = viewOf({ id: OTHER, urn: URN, point: POINT }, "absent");
    if (view.claim.kind !== "read") throw new Error("the claim is there");
    const attempt = newAttempt(target(ELSEWHERE), "", "2026-11-28T00:00:00.000Z", "run");
    const both = { ...view, claim: read({ ...view.claim.value, attempt }) };
    const isSameExport = (one: { referencePointId: string }) => one.referencePointId === POINT;
    expect(ownershipOf(view, { exportId: OURS, urn: URN, isSameExport }).kind).toBe("ours-under-another-id");
    expect(ownershipOf(both, { exportId: OURS, urn: URN, isSameExport }).kind).toBe("same-owner");
  });
});
