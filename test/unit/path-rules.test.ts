import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathRules } from "../../provider/domain/paths/path-rules";
import { pathText } from "./path-texts";

describe.each(["windows", "posix"] as const)("%s paths", (style) => {
  const rules = pathRules(style);
  const separator = style === "windows" ? "\\" : "/";

  /** Another spelling of the same directory. */
  const respelt = (path: string) => {
    const doubled = path.replace(style === "windows" ? /(?<=.[^\\/])[\\/](?=[^\\/])/gs : /(?<=.)\/(?=[^/])/gs, separator + separator);
    return style === "windows" ? doubled.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : doubled;
  };

  it("normalise is idempotent and stays the same directory", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        const normal = rules.normalise(path);
        expect(rules.normalise(normal)).toBe(normal);
        expect(rules.same(path, normal)).toBe(true);
        expect(rules.root(normal)).toBe(rules.root(path));
      }),
      { numRuns: 2000 },
    );
  });

  it("same is an equivalence that check cannot tell apart", () => {
    const group = fc.oneof(
      fc.tuple(pathText, pathText, pathText),
      pathText.map((path): [string, string, string] => [path, respelt(path), rules.normalise(path)]),
    );
    fc.assert(
      fc.property(group, ([a, b, c]) => {
        expect(rules.same(a, a)).toBe(true);
        expect(rules.same(a, b)).toBe(rules.same(b, a));
        if (rules.same(a, b) && rules.same(b, c)) expect(rules.same(a, c)).toBe(true);
        if (rules.same(a, b) && a !== "" && b !== "") expect(rules.check(a).length === 0).toBe(rules.check(b).length === 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("a respelt path is the same directory", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        if (rules.check(path).length === 0) expect(rules.same(path, respelt(path))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("a path lies inside each parent and its root, and no parent inside it", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        const parents = rules.parents(path);
        for (const parent of parents) {
          expect(rules.isInside(path, parent)).toBe(true);
          expect(rules.isInside(parent, path)).toBe(false);
          expect(rules.isInside(parent, rules.root(path))).toBe(true);
        }
        expect(rules.isInside(path, path)).toBe(false);
        if (rules.check(path).length === 0) expect(rules.isInside(path, rules.root(path))).toBe(true);
      }),
    );
  });

  it("a joined plain path lies inside", () => {
    fc.assert(
      fc.property(pathText, (path) => {
        if (rules.check(path).length === 0) expect(rules.parents(rules.join(path, "a/b"))[1]).toBe(rules.normalise(path));
      }),
    );
  });
});
