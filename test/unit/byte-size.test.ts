import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatBytes, parseByteSize } from "../../provider/domain/byte-size";

describe("parseByteSize", () => {
  it.each([
    ["0B", 0],
    ["512B", 512],
    ["4KiB", 4096],
    ["20GiB", 20 * 1024 ** 3],
    ["1.5 GiB", 1.5 * 1024 ** 3],
    ["64TiB", 64 * 1024 ** 4],
    ["1KB", 1000],
    ["2.5TB", 2.5e12],
  ])("reads %s", (text, value) => {
    expect(parseByteSize(text)).toEqual({ ok: true, value });
  });

  it.each([
    "",
    "20",
    "GiB",
    "20gib",
    "20Gb",
    "20  GiB",
    " 20GiB",
    "20GiB ",
    "-1B",
    "1e3B",
    ".5GiB",
    "1.GiB",
    "1,5GiB",
    "9000TiB",
    "1PiB",
    "1constructor",
    "9".repeat(99),
  ])("refuses %j", (text) => {
    expect(parseByteSize(text)).toMatchObject({ ok: false, reason: expect.stringMatching(/^Expected .*; got .*\.$/) });
  });

  it("accepts only safe whole numbers, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.tuple(fc.double(), fc.constantFrom("B", "KiB", "TB")).map((pair) => pair.join("")),
        ),
        (text) => {
          const parsed = parseByteSize(text);
          if (parsed.ok) expect(Number.isSafeInteger(parsed.value) && parsed.value >= 0).toBe(true);
        },
      ),
    );
  });
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [-1, "0 B"],
    [Number.NaN, "0 B"],
    [1, "1 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1.2 * 1024 ** 3, "1.2 GiB"],
    [1024 ** 3 - 1, "1 GiB"],
    [5000 * 1024 ** 4, "5000 TiB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it("is read back within its one decimal", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e15 }), (bytes) => {
        const parsed = parseByteSize(formatBytes(bytes));
        expect(parsed.ok && Math.abs(parsed.value - bytes) <= bytes * 0.051 + 1).toBe(true);
      }),
    );
  });
});
