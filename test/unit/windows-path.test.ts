import { win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { MAX_WINDOWS_DIRECTORY } from "../../provider/domain/paths/windows-path";
import { pathText, plainName } from "./path-texts";

const rules = pathRules("windows");

describe("check", () => {
  it.each([
    "D:\\Exports\\sql01\\2026-11-24",
    "d:/Exports/sql01",
    "D:\\Exports\\",
    "\\\\nas\\backups\\sql01",
    "//nas/backups/sql01",
    "\\\\nas\\backups\\Windows\\x",
    "\\\\host\\D$\\Exports",
    "D:\\Recovery\\sql01",
    "C:\\Users\\ops\\exports",
    "C:\\ProgramData\\Acme\\exports",
    "C:\\ClusterStorage\\Volume1\\exports",
    "D:\\Windows Server exports",
    "D:\\console\\nullable\\com10\\.hidden",
    "D:\\Büro 日本 😀",
  ])("accepts %s", (path) => {
    expect(rules.check(path)).toEqual([]);
  });

  const refusals: [reason: RegExp, paths: string[]][] = [
    [/is empty/, [""]],
    [/is not absolute/, ["x", "exports\\x", "1:\\x"]],
    [/depends on the current directory/, ["D:", "D:x", "d:x/y", "D:..\\x"]],
    [/takes paths such as D:\\/, ["/srv/exports/x", "/mnt/backup", "/Users/ops/x"]],
    [/depends on the current drive/, ["\\x", "/x", "\\", "\\\\", "\\\\\\server\\share\\x", "\\??\\D:\\x"]],
    [
      /device path/,
      ["\\\\?\\D:\\x", "\\\\.\\D:\\x", "//?/D:/x", "\\/?\\D:\\x", "\\\\.\\pipe\\x", "\\\\?\\UNC\\server\\share\\x", "\\\\?", "\\\\."],
    ],
    [/server and no share/, ["\\\\server", "\\\\server\\", "//server//"]],
    [/root of a volume or share/, ["D:\\", "D:/", "D:\\\\", "\\\\server\\share", "\\\\server\\share\\"]],
    [
      /reserved device name/,
      ["D:\\CON", "D:\\con.txt\\x", "D:\\x\\NUL", "D:\\nul .txt", "D:\\com1", "D:\\LPT9.log", "D:\\COM¹", "D:\\lpt³.x"],
    ],
    [/reserved device name/, ["D:\\CONIN$", "D:\\conout$.x", "D:\\aux\\x", "D:\\x\\prn"]],
    [/ends with a dot or a space/, ["D:\\x.", "D:\\x \\y", "D:\\...", "D:\\x\\. ", "C:\\Windows.\\x"]],
    [/names a stream/, ["D:\\x:y", "D:\\x::$DATA", "D:\\x:", "C:\\Windows::$INDEX_ALLOCATION", "\\\\server\\sha:re\\x"]],
    [/contains one of/, ["D:\\a<b", "D:\\a>b", 'D:\\a"b', "D:\\a|b", "D:\\a?b", "D:\\a*b"]],
    [/control character/, ["D:\\a\u0000b", "D:\\a\tb", "D:\\a\u007fb"]],
    [/surrogate pair/, ["D:\\\ud800", "D:\\\udc00\ud800"]],
    [/stands for another directory/, ["D:\\.", "D:\\x\\..\\y", "D:/x/../../Windows", "\\\\..\\share\\x", "\\\\server\\..\\x"]],
    [/longer than 255 characters/, [`D:\\${"a".repeat(256)}`]],
    [/expected at most \d+/, [`D:\\${"a\\".repeat(90)}`]],
    [/folder of the system/, ["C:\\Windows", "c:/WINDOWS/", "E:\\windows\\System32\\x", "C:\\\\Windows\\\\x", "C:\\Windows.old\\x"]],
    [/folder of the system/, ["C:\\Program Files", "C:\\Program Files (x86)\\x", "D:\\program files\\x"]],
    [/folder of the system/, ["C:\\ProgramData", "C:\\ProgramData\\Microsoft", "C:\\ProgramData\\Microsoft\\Windows\\Hyper-V"]],
    [/root of a profile/, ["C:\\Users", "C:\\Users\\ops", "C:\\users\\ops\\", "C:\\Documents and Settings\\ops\\x"]],
    [/folder of the system/, ["D:\\System Volume Information\\x", "D:\\$Recycle.Bin", "D:\\$RECYCLE.BIN\\x", "D:\\Recovery"]],
    [/folder of the system/, ["C:\\ClusterStorage", "C:\\ClusterStorage\\Volume1"]],
    [
      /folder of the system/,
      ["\\\\host\\C$\\Windows\\x", "\\\\host\\c$\\Users\\ops", "\\\\host\\ADMIN$\\x", "\\\\host\\IPC$\\x", "\\\\host\\pipe\\x"],
    ],
    [/short name of a system folder/, ["C:\\PROGRA~1", "C:\\progra~2\\x", "D:\\SYSTEM~1", "C:\\DOCUME~1\\ops\\x", "C:\\PR1A2B~1\\x"]],
    [/short name of a system folder/, ["C:\\PROGRA~3\\Microsoft", "C:\\ProgramData\\MICROS~1\\x"]],
  ];

  it.each(refusals.flatMap(([reason, paths]) => paths.map((path) => ({ path, reason }))))("refuses $path: $reason", ({ path, reason }) => {
    expect(rules.check(path).join("\n")).toMatch(reason);
  });

  it("names every problem at once, once a kind, in sentences", () => {
    const problems = rules.check("D:x\\CON\\a.\\b.\\c|d\\..\\e:f");
    expect(problems).toHaveLength(6);
    for (const problem of problems) expect(problem).toMatch(/^(The path|Part \d+ of the path) .*\.$/);
  });

  it("says how many characters are too many", () => {
    const room = MAX_WINDOWS_DIRECTORY - "D:\\".length;
    expect(rules.check(`D:\\${"a".repeat(room)}`)).toEqual([]);
    expect(rules.check(`D:\\${"a".repeat(room + 1)}`)).toEqual([expect.stringContaining(`expected at most ${MAX_WINDOWS_DIRECTORY}`)]);
  });

  it("does not echo the path", () => {
    expect(rules.check("hunter2\\hunter2.\\hunter2|\\hunter2:x").join()).not.toContain("hunter2");
  });

  it("stays short however long the path", () => {
    expect(rules.check("..\\a.\\CON\\".repeat(100_000)).length).toBeLessThan(8);
  });

  it("accepts what plain names make", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("E:\\exports\\", "\\\\nas\\x\\", "f:/exports/"),
        fc.array(plainName, { minLength: 1, maxLength: 8 }),
        (root, names) => {
          expect(rules.check(root + names.join("\\"))).toEqual([]);
        },
      ),
    );
  });

  it("accepts only what Windows takes for a plain directory below a root", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        if (rules.check(path).length > 0) return;
        const normal = win32.normalize(path);
        expect(win32.isAbsolute(path)).toBe(true);
        // Nothing is resolved away: what was written is what is meant.
        expect(normal.replace(/\\+$/, "").toLowerCase()).toBe(rules.normalise(path).toLowerCase());
        const { root } = win32.parse(normal);
        expect(root).toMatch(/^([A-Za-z]:\\|\\\\[^\\?.][^\\]*\\[^\\]+\\)$/);
        const names = normal
          .slice(root.length)
          .split("\\")
          .filter((name) => name !== "");
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) {
          expect(name).not.toMatch(/[<>:"|?*]|[. ]$/);
          expect([...name].every((character) => character >= " " && !/^[\ud800-\udfff]$/.test(character))).toBe(true);
          expect(name.toLowerCase()).not.toMatch(/^(con|prn|aux|nul|com.|lpt.|conin\$|conout\$) *(\..*)?$/);
        }
        if (/^[a-z]:/i.test(root) || /\\[a-z]\$\\$/i.test(root))
          expect(names[0]?.toLowerCase()).not.toMatch(/^(windows|program files.*|progra~\d)$/);
        expect(normal.length).toBeLessThan(200);
      }),
      { numRuns: 3000 },
    );
  });
});
