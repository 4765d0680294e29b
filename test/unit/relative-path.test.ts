import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PathStyle, pathRules } from "../../provider/domain/paths/path-rules";
import { pathText, plainName } from "./path-texts";

const styles: readonly PathStyle[] = ["windows", "posix"];
const { isRelative: onWindows } = pathRules("windows");
const { isRelative: onPosix } = pathRules("posix");

describe("a path below a directory", () => {
  it.each([
    "a",
    "Virtual Hard Disks/os.vhdx",
    "Virtual Machines/0B6F1D3C-8A52-4E0F-9D7E-1C2B3A4D5E6F.vmcx",
    ".hidden/x",
    "日本/😀",
    // What Windows' usual calls take for another name, and a folder can hold all the same.
    "a/CON",
    "aux .vhdx",
    "nul.txt/a",
    "COM¹",
    "a/lpt9",
    "a.",
    "a /b",
    "a/...",
    "PROGRA~1/a",
    `${"a/".repeat(2000)}a`,
  ])("%j is one on every host", (path) => {
    expect([onWindows(path), onPosix(path)]).toEqual([true, true]);
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
    "//server/share/a",
    "//?/C:/a",
    "a\u0000",
    "\ud800",
    "a/\udc00",
    "a".repeat(256),
    `${"a/".repeat(20_000)}a`,
  ])("%j is one nowhere", (path) => {
    expect([onWindows(path), onPosix(path)]).toEqual([false, false]);
  });

  it.each(["a\\b", "\\a", "..\\a", "C:", "C:/a", "C:a", "a:b", "a/b::$DATA", "a\nb", "a?b", "a*b", 'a"b', "a|b", "a<b"])(
    "%j is one only where these are letters like others",
    (path) => {
      expect([onWindows(path), onPosix(path)]).toEqual([false, true]);
    },
  );

  it("has names of 255 units: of UTF-16 on Windows, of UTF-8 elsewhere", () => {
    const [letters, cjk] = ["é".repeat(128), `${"漢".repeat(84)}.vhdx`];
    expect([onWindows(letters), onPosix(letters)]).toEqual([true, false]);
    expect([onWindows(cjk), onPosix(cjk)]).toEqual([true, false]);
    expect([onWindows("é".repeat(255)), onPosix("é".repeat(127))]).toEqual([true, true]);
    expect([onWindows("😀".repeat(127)), onWindows("😀".repeat(128)), onPosix("😀".repeat(63)), onPosix("😀".repeat(64))]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("is what plain names make", () => {
    fc.assert(
      fc.property(fc.array(plainName, { minLength: 1, maxLength: 8 }), (names) => {
        for (const style of styles) expect(pathRules(style).isRelative(names.join("/"))).toBe(true);
      }),
    );
  });

  it("stays below the directory, as itself", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        if (onPosix(path)) expect(posix.relative("/base", posix.resolve("/base", path))).toBe(path);
        // The namespaced form, in which adapters reach names that are taken for others.
        if (onWindows(path))
          expect(win32.relative("\\\\?\\D:\\base", win32.resolve("\\\\?\\D:\\base", path))).toBe(path.replaceAll("/", "\\"));
        if (onWindows(path)) expect(path).not.toMatch(/[\\:]|(^|\/)\.{0,2}(\/|$)/);
        if (onPosix(path) || onWindows(path)) expect(Buffer.from(path, "utf8").toString("utf8")).toBe(path);
      }),
      { numRuns: 3000 },
    );
  });
});
