import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hiddenDifference, listNearest, nearest } from "../../provider/domain/values/nearest";

describe("candidates for a name", () => {
  it.each<[string, string[], string]>([
    ["SLQ01", ["WEB01", "SQL01", "DC01"], "SQL01"],
    ["sql01", ["SQL02", "SQL01"], "SQL01"],
    ["SQL 01", ["SQL02", "SQL01"], "SQL01"],
    ["Cafe\u0301", ["Cafes", "Caf\u00e9"], "Caf\u00e9"],
    ["exportDirectoy", ["onExisting", "exportDirectory"], "exportDirectory"],
  ])("%j of %j is most like %j", (text, names, first) => expect(nearest(text, names)[0]).toBe(first));

  it("are all of them, in an order that their own order decides where nothing else does", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (text, names) => {
        expect([...nearest(text, names)].sort()).toEqual([...names].sort());
        if (names.includes(text)) expect(nearest(text, names)[0]?.normalize("NFKC").toLowerCase()).toBeDefined();
      }),
    );
  });

  it("are listed up to ten, and counted beyond", () => {
    const names = Array.from({ length: 12 }, (_, index) => `VM${index}`);
    expect(listNearest("VM0", names)).toMatch(/^"VM0", .* and 2 more$/);
    expect(listNearest("x", ["a"])).toBe('"a"');
    expect(listNearest("x", [])).toBe("");
    expect(listNearest("b", ["a", "b", "a", "c", "c", "c"])).toBe('"b", "a" (twice), "c" (3 times)');
  });
});

describe("a difference that does not show", () => {
  it.each<[string, string, RegExp | undefined]>([
    ["Cafe\u0301", "Caf\u00e9", /Unicode form/],
    ["CAFE\u0301", "caf\u00e9", /Unicode form/],
    ["SQL01\u00a0", "SQL01", /white space/],
    ["SQL\u200b01", "SQL01", /do not show/],
    ["\uff33QL01", "SQL01", /look the same/],
    ["SQL01", "sql01", undefined],
    ["SQL01", "SQL02", undefined],
  ])("%j and %j", (text, name, expected) => {
    if (expected === undefined) expect(hiddenDifference(text, name)).toBeUndefined();
    else expect(hiddenDifference(text, name)).toMatch(expected);
  });
});
