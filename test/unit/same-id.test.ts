import { expect, test } from "vitest";
import { unneededPoints } from "../../provider/domain/export-chain/chain-record";
import { foldId, hasId, sameId, sameIds } from "../../provider/domain/hyperv/same-id";

test("ids are the same in any letter case, and lists of them in any order", () => {
  expect([sameId("Microsoft:AB", "microsoft:ab"), sameId("a", "b"), foldId("aB")]).toEqual([true, false, "AB"]);
  expect([hasId(["A", "b"], "B"), hasId(["A"], "c"), hasId([], "a")]).toEqual([true, false, false]);
  expect([sameIds(["a", "B"], ["b", "A", "a"]), sameIds(["a"], ["a", "b"]), sameIds(["a", "b"], ["a"]), sameIds([], [])]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("the newest generation's point is needed, in whatever letter case the host writes it", () => {
  const generations = [{ referencePointId: "Microsoft:AB" }] as never;
  const points = ["microsoft:ab", "microsoft:cd"].map((referencePointId) => ({ virtualMachineId: "M", referencePointId }));
  expect(unneededPoints({ generations, points })).toEqual([points[1]]);
});
