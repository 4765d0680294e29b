import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { anyText, pathText } from "./path-texts";

const rules = pathRules("windows");

describe("same", () => {
  it.each([
    ["D:\\Exports\\sql01", "d:/exports/SQL01/"],
    ["D:\\Exports\\\\sql01", "D:\\Exports\\sql01\\\\"],
    ["\\\\NAS\\Backups\\x", "//nas/backups//X/"],
    ["\\\\nas\\backups", "\\\\nas\\backups\\"],
    ["D:\\Büro", "D:\\BÜRO"],
  ])("%s is %s", (a, b) => {
    expect(rules.same(a, b)).toBe(true);
  });

  it.each([
    ["D:\\x", "E:\\x"],
    ["D:\\x", "D:x"],
    ["D:\\x", "\\\\D\\x"],
    ["D:\\straße", "D:\\strasse"],
    ["D:\\ı", "D:\\I"],
    ["D:\\x", "D:\\x\\y"],
    ["\\\\nas\\x", "\\nas\\x"],
  ])("%s is not %s", (a, b) => {
    expect(rules.same(a, b)).toBe(false);
  });
});

describe("walking", () => {
  it("joins, climbs and finds the root", () => {
    expect(rules.join("d:/Exports/", "Virtual Hard Disks/os.vhdx")).toBe("D:\\Exports\\Virtual Hard Disks\\os.vhdx");
    expect(rules.join("D:\\", "x")).toBe("D:\\x");
    expect(rules.join("\\\\nas\\b", "x/y")).toBe("\\\\nas\\b\\x\\y");
    expect(rules.join("D:\\x", "")).toBe("D:\\x");
    expect(rules.parents("d:\\a/b\\c\\")).toEqual(["D:\\a\\b", "D:\\a"]);
    expect(rules.parents("\\\\nas\\share\\a\\b")).toEqual(["\\\\nas\\share\\a"]);
    expect(rules.parents("D:\\")).toEqual([]);
    expect(rules.parents("a\\b\\c")).toEqual([]);
    expect(rules.root("d:/a/b")).toBe("D:\\");
    expect(rules.root("//nas/share/a")).toBe("\\\\nas\\share\\");
    expect(rules.root("D:a")).toBe("");
  });

  it("tells what lies inside", () => {
    expect(rules.isInside("D:\\A\\b", "d:/a/")).toBe(true);
    expect(rules.isInside("D:\\a", "D:\\")).toBe(true);
    expect(rules.isInside("D:\\a", "D:\\a")).toBe(false);
    expect(rules.isInside("D:\\ab", "D:\\a")).toBe(false);
    expect(rules.isInside("E:\\a\\b", "D:\\a")).toBe(false);
    expect(rules.isInside("a\\b", "a")).toBe(false);
  });

  it("never throws on any text", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, pathText), anyText, (a, b) => {
        for (const run of [rules.check, rules.normalise, rules.parents, rules.root]) expect(() => run(a)).not.toThrow();
        for (const run of [rules.same, rules.join, rules.isInside]) expect(() => run(a, b)).not.toThrow();
      }),
    );
  });
});
