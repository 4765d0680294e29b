import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitsPattern, isPattern } from "../../provider/domain/look-ups/name-pattern";

describe("a name that is asked for", () => {
  it.each<[string, string, boolean]>([
    ["SQL01", "SQL01", true],
    ["sql01", "SQL01", true],
    ["SQL0", "SQL01", false],
    ["SQL01", "SQL0", false],
    ["SQL*", "SQL01", true],
    ["sql*", "SQL", true],
    ["SQL*", "MYSQL", false],
    ["*01", "WEB01", true],
    ["*", "", true],
    ["", "", true],
    ["?", "", false],
    ["WEB0?", "WEB01", true],
    ["WEB0?", "WEB0", false],
    ["WEB??", "WEB0", false],
    ["*-prod-*", "eu-PROD-db1", true],
    ["*-prod-*", "eu-prod", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-b-b-cd", false],
    ["Prüf*", "PRÜFSTAND", true],
    ["straße", "STRASSE", false],
    ["x?z", "x😀z", true],
    ["a.c", "abc", false],
    ["a(*", "a(1)", true],
    ["what?", "what?", true],
    ["two*stars", "two*stars", true],
  ])("%j and %j", (pattern, name, fits) => {
    expect(fitsPattern(pattern, name)).toBe(fits);
  });

  it("is a pattern by a star or a question mark alone", () => {
    expect(["a*", "?", "a[b]c", "a.c", "SQL01"].map(isPattern)).toEqual([true, true, false, false, false]);
  });

  const letters = fc.string({ unit: fc.constantFrom("a", "b", "B", "*", "?", "ü"), maxLength: 12 });
  it("fits as a regular expression would have it", () => {
    fc.assert(
      fc.property(letters, letters, (pattern, name) => {
        const expression = pattern.replace(/[*?]/g, (sign) => (sign === "*" ? ".*" : "."));
        expect(fitsPattern(pattern, name)).toBe(new RegExp(`^${expression}$`, "isu").test(name));
      }),
      { numRuns: 2000 },
    );
  });

  it("is told from names of any length with any number of stars in a bounded number of steps", () => {
    // A regular expression would try 2^40 ways to divide the name among the stars.
    expect(fitsPattern(`${"*a".repeat(40)}b`, "a".repeat(1024))).toBe(false);
    expect(fitsPattern(`${"*a".repeat(40)}*`, "a".repeat(1024))).toBe(true);
  });
});
