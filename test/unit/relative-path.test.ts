import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSafeRelativePath } from "../../provider/domain/paths/relative-path";
import { pathText, plainName } from "./path-texts";

describe("isSafeRelativePath", () => {
  it.each([
    "a",
    "Virtual Hard Disks/os.vhdx",
    "Virtual Machines/0B6F1D3C-8A52-4E0F-9D7E-1C2B3A4D5E6F.vmcx",
    ".hidden/x",
    "日本/😀",
    `${"a/".repeat(500)}a`,
  ])("accepts %s", (path) => {
    expect(isSafeRelativePath(path)).toBe(true);
  });

  it.each([
    "",
    "/",
    "/a",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/..",
    "a/../b",
    "a/./b",
    "a\\b",
    "\\a",
    "..\\a",
    "C:",
    "C:/a",
    "C:a",
    "a:b",
    "a/b::$DATA",
    "//server/share/a",
    "//?/C:/a",
    "a\u0000",
    "a\nb",
    "a/CON",
    "nul.txt/a",
    "COM¹",
    "a/lpt9",
    "a.",
    "a /b",
    "a/...",
    "a?b",
    "a*b",
    'a"b',
    "a|b",
    "a<b",
    "\ud800",
    "a/\udc00",
    "a".repeat(256),
    "é".repeat(128),
    `${"a/".repeat(512)}a`,
    "PROGRA~1/a",
  ])("refuses %j", (path) => {
    expect(isSafeRelativePath(path)).toBe(false);
  });

  it("accepts what plain names make", () => {
    fc.assert(
      fc.property(fc.array(plainName, { minLength: 1, maxLength: 8 }), (names) => {
        expect(isSafeRelativePath(names.join("/"))).toBe(true);
      }),
    );
  });

  it("accepts only what stays below the directory, as itself, on both platforms", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        if (!isSafeRelativePath(path)) return;
        expect(posix.relative("/base", posix.resolve("/base", path))).toBe(path);
        expect(win32.relative("D:\\base", win32.resolve("D:\\base", path))).toBe(path.replaceAll("/", "\\"));
        expect(path).not.toMatch(/[\\:]|(^|\/)\.{0,2}(\/|$)/);
        expect(Buffer.from(path, "utf8").toString("utf8")).toBe(path);
      }),
      { numRuns: 3000 },
    );
  });
});
