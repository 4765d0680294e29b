import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, MAX_DURATION, parseDuration } from "../../provider/domain/values/duration";

describe("parseDuration", () => {
  it.each([
    ["500ms", 500],
    ["20s", 20_000],
    ["30m", 1_800_000],
    ["6h", 21_600_000],
    ["2d", 172_800_000],
    ["1h30m", 5_400_000],
    ["1m500ms", 60_500],
    ["90m", 5_400_000],
    ["30d", MAX_DURATION],
  ])("reads %s", (text, value) => {
    expect(parseDuration(text)).toEqual({ ok: true, value });
  });

  it.each([
    "",
    "6",
    "6 h",
    " 6h",
    "h",
    "-6h",
    "1.5h",
    "6H",
    "6w",
    "0s",
    "0h0m",
    "1m1h",
    "1h1h",
    "30d1ms",
    `${"9".repeat(50)}d`,
    "1h\n",
    "٣h",
  ])("refuses %j without echoing it", (text) => {
    const parsed = parseDuration(text);
    expect(parsed).toMatchObject({ ok: false, reason: expect.stringMatching(/^Expected .*; got .*\.$/s) });
  });

  it("says nothing of the text it refuses", () => {
    const parsed = parseDuration("hunter2hunter2");
    expect(JSON.stringify(parsed)).not.toContain("hunter2");
  });

  it("accepts only durations in bounds, whatever the text", () => {
    const tokens = fc
      .array(fc.oneof(fc.nat().map(String), fc.constantFrom("d", "h", "m", "s", "ms", " ", ".", "x")), { maxLength: 12 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), tokens), (text) => {
        const parsed = parseDuration(text);
        if (parsed.ok) expect(Number.isInteger(parsed.value) && parsed.value > 0 && parsed.value <= MAX_DURATION).toBe(true);
      }),
    );
  });
});

describe("formatDuration", () => {
  it("is read back as the same duration", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_DURATION }), (value) => {
        expect(parseDuration(formatDuration(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it.each([
    [5_400_000, "1h30m"],
    [0, "0ms"],
    [-5, "0ms"],
    [Number.NaN, "0ms"],
    [999.6, "1s"],
    [90 * 86_400_000, "90d"],
    [Number.POSITIVE_INFINITY, "for ever"],
  ])("writes %d as %s", (value, text) => {
    expect(formatDuration(value)).toBe(text);
  });
});
