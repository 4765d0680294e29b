import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatBytes } from "../../provider/domain/values/byte-size";

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

  it("is right within its one decimal", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e15 }), (bytes) => {
        const [amount, unit] = formatBytes(bytes).split(" ");
        const read = Number(amount) * 1024 ** ["B", "KiB", "MiB", "GiB", "TiB"].indexOf(unit ?? "");
        expect(Math.abs(read - bytes)).toBeLessThanOrEqual(bytes * 0.051 + 1);
      }),
    );
  });
});
