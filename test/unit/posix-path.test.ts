import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { MAX_POSIX_DIRECTORY } from "../../provider/domain/paths/posix-path";
import { anyText, pathText, plainName } from "./path-texts";

const rules = pathRules("posix");

describe("check", () => {
  it.each([
    "/srv/exports/x",
    "//srv//exports/x/",
    "/home/ops/exports",
    "/root/exports",
    "/tmp/x",
    "/mnt/backup",
    "/var/lib/exports",
    "/run/user/1000/x",
    "/private/var/folders/x",
    "/private/tmp/x",
    "/Users/ops/exports",
    "/Volumes/backup",
    "/data/bin/etc",
    "/libvirt/exports",
    "/data/CON/a:b*",
    "/data/😀 日本",
  ])("accepts %s", (path) => {
    expect(rules.check(path)).toEqual([]);
  });

  const refusals: [reason: RegExp, paths: string[]][] = [
    [/is empty/, [""]],
    [/is not absolute/, ["x", "./x", "~/x"]],
    [/takes paths such as \/srv\//, ["D:\\Exports", "d:/exports", "D:", "\\\\server\\share\\x"]],
    [/root of the file system/, ["/", "//"]],
    [/stands for another directory/, ["/.", "/x/../y", "/x/./y", "/.."]],
    [/control character/, ["/a\u0000b", "/a\nb", "/a\u007fb"]],
    [/surrogate pair/, ["/\ud800x", "/data/\udfff"]],
    [/longer than 255 bytes/, [`/${"a".repeat(256)}`, `/${"é".repeat(128)}`]],
    [/expected at most \d+/, ["/a".repeat(2048)]],
    [/folder of the system/, ["/bin", "/boot/x", "/dev/shm/x", "/etc/", "//etc//x", "/lib/x", "/lib64", "/libx32/x", "/proc/1/cwd"]],
    [/folder of the system/, ["/run", "/run/x", "/run/user", "/run/user/1000", "/run/user/1000/", "/run/user/x/y", "/var/run/x"]],
    [/folder of the system/, ["/sbin", "/sys/x", "/usr/local/x", "/var", "/root", "/tmp", "/opt", "/mnt", "/srv", "/media"]],
    [/home's root/, ["/home", "/home/ops", "/home/ops/", "/Users", "/Users/ops"]],
    [/folder of the system/, ["/System/x", "/Library", "/Library/x", "/private", "/private/etc/x", "/private/var", "/Volumes"]],
  ];

  it.each(refusals.flatMap(([reason, paths]) => paths.map((path) => ({ path, reason }))))("refuses $path: $reason", ({ path, reason }) => {
    expect(rules.check(path).join("\n")).toMatch(reason);
  });

  it("names every problem at once without echoing the path", () => {
    const problems = rules.check(`hunter2/../a\u0001/${"b".repeat(300)}`);
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain("hunter2");
  });

  it("counts bytes, not characters, up to its budget", () => {
    const name = `/${"é".repeat(100)}`;
    const longest = name.repeat(Math.floor(MAX_POSIX_DIRECTORY / 201));
    expect(rules.check(longest)).toEqual([]);
    expect(rules.check(longest + name)).toEqual([expect.stringContaining(`expected at most ${MAX_POSIX_DIRECTORY}`)]);
  });

  it("accepts what plain names make", () => {
    fc.assert(
      fc.property(fc.constantFrom("/srv/exports/", "/home/ops/"), fc.array(plainName, { minLength: 1, maxLength: 8 }), (root, names) => {
        expect(rules.check(root + names.join("/"))).toEqual([]);
      }),
    );
  });

  it("accepts only what POSIX takes for a plain directory below the root", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        if (rules.check(path).length > 0) return;
        expect(posix.isAbsolute(path)).toBe(true);
        expect(posix.resolve(path)).toBe(rules.normalise(path));
        expect(posix.resolve(path)).not.toBe("/");
        expect(Buffer.from(path, "utf8").toString("utf8")).toBe(path);
        expect(posix.resolve(path).split("/")[1]).not.toMatch(/^(bin|boot|dev|etc|lib64|proc|sbin|sys|usr|Library)$/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("same", () => {
  it("ignores repeated and trailing separators, and nothing else", () => {
    expect(rules.same("/srv/x", "//srv///x//")).toBe(true);
    expect(rules.same("/", "//")).toBe(true);
    expect(rules.same("/srv/x", "/srv/X")).toBe(false);
    expect(rules.same("/srv/x", "srv/x")).toBe(false);
    expect(rules.same("/srv\\x", "/srv/x")).toBe(false);
  });
});

describe("walking", () => {
  it("joins, climbs and finds the root", () => {
    expect(rules.join("/srv/", "a/b")).toBe("/srv/a/b");
    expect(rules.join("/", "a")).toBe("/a");
    expect(rules.parents("/a//b/c/")).toEqual(["/a/b", "/a"]);
    expect(rules.parents("/")).toEqual([]);
    expect(rules.root("/a/b")).toBe("/");
    expect(rules.root("a/b")).toBe("");
  });

  it("tells what lies inside", () => {
    expect(rules.isInside("/a/b", "/a/")).toBe(true);
    expect(rules.isInside("/a", "/")).toBe(true);
    expect(rules.isInside("/a", "//a")).toBe(false);
    expect(rules.isInside("/ab", "/a")).toBe(false);
    expect(rules.isInside("/A/b", "/a")).toBe(false);
  });

  it("never throws on any text", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, pathText), anyText, (a, b) => {
        for (const run of [rules.check, rules.normalise, rules.parents, rules.root]) expect(() => run(a)).not.toThrow();
        for (const run of [rules.same, rules.join, rules.isInside]) expect(() => run(a, b)).not.toThrow();
      }),
    );
  });
});
