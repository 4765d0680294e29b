import { describe, expect, it } from "vitest";
import { conditionsWithBases, isLoss, type SeenCondition } from "../../provider/domain/tree/export-condition";

/** "a", "b>a": b continues a. */
function conditionsOf(line: string, own: Record<string, SeenCondition>, unlisted: "baseMissing" | "unknown" = "unknown"): string {
  const exports = line.split(" ").map((text) => {
    const [label = "", base] = text.split(">");
    return { label, madeAt: "", manifestSha256: label, ...(base && { base, baseManifestSha256: base }) };
  });
  return [...conditionsWithBases(exports, new Map(Object.entries(own)), unlisted).values()].join(" ");
}

describe("an export with all that it continues", () => {
  it.each<[string, Record<string, SeenCondition>, string]>([
    ["a b>a c>b", { a: "intact", b: "intact", c: "intact" }, "intact intact intact"],
    ["a b>a c>b", { a: "damaged", b: "intact", c: "intact" }, "damaged baseChanged baseChanged"],
    ["a b>a c>b", { a: "gone", b: "intact", c: "intact" }, "gone baseMissing baseMissing"],
    ["a b>a c>b", { a: "incomplete", b: "intact", c: "damaged" }, "incomplete baseChanged damaged"],
    ["a b>a c>b", { a: "unknown", b: "intact", c: "intact" }, "unknown unknown unknown"],
    // What is known to be damaged is, whatever else is unknown.
    ["a b>a c>b", { a: "unknown", b: "damaged", c: "intact" }, "unknown damaged baseChanged"],
    ["b>a c>b", { b: "intact", c: "intact" }, "unknown unknown"],
    ["b>a c>b", { b: "damaged", c: "intact" }, "damaged baseChanged"],
    ["a>b b>a", { a: "intact", b: "intact" }, "unknown unknown"],
    ["a", {}, "gone"],
  ])("%s with %j", (line, own, expected) => expect(conditionsOf(line, own)).toBe(expected));

  it("of a chain that lists its base no more lacks it", () => {
    expect(conditionsOf("b>a c>b", { b: "intact", c: "intact" }, "baseMissing")).toBe("baseMissing baseMissing");
  });

  it("is lost where that is known", () => {
    const all = ["intact", "damaged", "gone", "baseMissing", "baseChanged", "incomplete", "unknown"] as const;
    expect(all.filter((condition) => !isLoss(condition))).toEqual(["intact", "unknown"]);
  });
});
