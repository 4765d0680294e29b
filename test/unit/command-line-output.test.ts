import { describe, expect, it } from "vitest";
import { paintFor } from "../../provider/fronts/command-line/output/paint";
import { printableText } from "../../provider/fronts/command-line/output/printable";
import { ProgressLine, progressText } from "../../provider/fronts/command-line/output/progress-line";

const GiB = 1024 ** 3;

describe("progress", () => {
  it.each([
    { done: 0, total: 40 * GiB, elapsed: 0, text: "0% of 40 GiB" },
    { done: GiB, total: 40 * GiB, elapsed: 999, text: "2% of 40 GiB" },
    { done: 4 * GiB, total: 40 * GiB, elapsed: 8000, text: "10% of 40 GiB, 512 MiB/s, 1m12s left" },
    { done: 40 * GiB - 1, total: 40 * GiB, elapsed: 80_000, text: "99% of 40 GiB, 512 MiB/s, 1s left" },
    { done: 40 * GiB, total: 40 * GiB, elapsed: 80_000, text: "100% of 40 GiB, 512 MiB/s, 0s left" },
    { done: 0, total: 0, elapsed: 5000, text: "100% of 0 B" },
  ])("$text", ({ done, total, elapsed, text }) => expect(progressText(done, total, elapsed)).toBe(text));
});

describe("the line of progress", () => {
  const CLEARED = "\r\u001b[2K";
  function written(isTTY: boolean) {
    const texts: string[] = [];
    return { texts, stream: { isTTY, write: (text: string) => texts.push(text) } as unknown as NodeJS.WriteStream };
  }

  it("is gone in the end, with what listens for signals", () => {
    const { texts, stream } = written(true);
    const before = process.listenerCount("SIGINT");
    const line = new ProgressLine(stream);
    line.show(0, 1024);
    line.show(512, 1024); // too soon to be shown
    expect(process.listenerCount("SIGINT")).toBe(before + 1);
    line.end();
    line.end();
    expect(texts).toEqual([`${CLEARED}0% of 1 KiB`, CLEARED]);
    expect(process.listenerCount("SIGINT")).toBe(before);
  });

  it("is for a terminal alone", () => {
    const { texts, stream } = written(false);
    const line = new ProgressLine(stream);
    line.show(0, 1024);
    line.end();
    expect(texts).toEqual([]);
  });
});

describe("colours", () => {
  const stream = (isTTY: boolean, colours: boolean) => ({ isTTY, hasColors: () => colours }) as unknown as NodeJS.WriteStream;

  it("are for a terminal that has them", () => {
    expect(paintFor(stream(true, true))("intact", "green")).toBe("\u001b[32mintact\u001b[0m");
    expect(paintFor(stream(true, false))("intact", "green")).toBe("intact");
    expect(paintFor(stream(false, true))("intact", "green")).toBe("intact");
  });
});

it("a text keeps its letters of any script, and loses what a terminal obeys", () => {
  expect(printableText("Büro 東京 é")).toBe("Büro 東京 é");
  expect(printableText("a\u0007b\u009bc\u200ed\u2028e\ud800")).toBe("a\\u{7}b\\u{9b}c\\u{200e}d\\u{2028}e\\u{d800}");
});
