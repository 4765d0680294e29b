import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePart, parsePortion, portionOf } from "../../provider/domain/reference-point-export/portion";

const files = fc.uniqueArray(fc.record({ path: fc.string(), bytes: fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 40)) }), {
  selector: (file) => file.path,
  maxLength: 60,
});
const count = fc.integer({ min: 1, max: 20 });
const every = <T>(of: number, give: (index: number) => T) => Array.from({ length: of }, (_, index) => give(index));
const sum = (list: { bytes: number }[]) => list.reduce((total, file) => total + file.bytes, 0);

describe("parsePart", () => {
  it.each([
    ["1/1", 0, 1],
    ["3/7", 2, 7],
    ["1000/1000", 999, 1000],
  ])("reads %s", (text, index, of) => {
    expect(parsePart(text)).toEqual({ ok: true, value: { index, of } });
  });

  it.each(["", "1", "0/7", "8/7", "1/0", "0/0", "1/1001", "-1/7", "1/7.5", "1 / 7", "1/7\n", "/7", "1/"])("refuses %j", (text) => {
    expect(parsePart(text)).toMatchObject({ ok: false, reason: expect.stringMatching(/^Expected .*; got .*\.$/) });
  });
});

describe("parsePortion", () => {
  it.each([
    ["1/1", 1],
    ["1/7", 7],
    ["1/1000", 1000],
  ])("reads %s", (text, of) => {
    expect(parsePortion(text)).toEqual({ ok: true, value: { of } });
  });

  it.each(["", "1", "7", "2/7", "1/0", "1/1001", "1/-7", "1/7.5", "1 / 7", "1/7\n", "/7", "1/", "1/99999999999999999999"])(
    "refuses %j",
    (text) => {
      expect(parsePortion(text)).toMatchObject({ ok: false, reason: expect.stringMatching(/^Expected .*; got .*\.$/) });
    },
  );

  it("never throws and stays in bounds", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.nat().map((n) => `1/${n}`),
        ),
        (text) => {
          const parsed = parsePortion(text);
          if (parsed.ok) expect(parsed.value.of).toSatisfy((of: number) => Number.isInteger(of) && of >= 1 && of <= 1000);
        },
      ),
    );
  });
});

describe("portionOf", () => {
  it("covers every file exactly once", () => {
    fc.assert(
      fc.property(files, count, (list, of) => {
        const paths = every(of, (index) => portionOf(list, of, index))
          .flat()
          .map((file) => file.path);
        expect(paths.sort()).toEqual(list.map((file) => file.path).sort());
      }),
    );
  });

  it("is balanced to within the largest file", () => {
    fc.assert(
      fc.property(files, count, (list, of) => {
        const sums = every(of, (index) => sum(portionOf(list, of, index)));
        expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(Math.max(0, ...list.map((file) => file.bytes)));
      }),
    );
  });

  it("does not depend on the order of the files, nor change it", () => {
    const shuffled = files.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })));
    fc.assert(
      fc.property(shuffled, count, ([list, other], of) => {
        const before = [...list];
        expect(every(of, (index) => portionOf(list, of, index))).toEqual(every(of, (index) => portionOf(other, of, index)));
        expect(list).toEqual(before);
      }),
    );
  });

  it("spreads empty files", () => {
    const list = every(6, (index) => ({ path: `${index}`, bytes: 0 }));
    expect(every(3, (index) => portionOf(list, 3, index).length)).toEqual([2, 2, 2]);
  });

  it.each([
    [0, 0],
    [1.5, 0],
    [3, 3],
    [3, -1],
    [3, Number.NaN],
  ])("throws on portion of=%d index=%d", (of, index) => {
    expect(() => portionOf([], of, index)).toThrow(RangeError);
  });
});
