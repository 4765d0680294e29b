import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noPlainValue } from "../../provider/domain/values/plain-value";
import { UNKNOWN_VALUE } from "../../provider/domain/values/unknown-value";

const cyclic: Record<string, unknown> = {};
cyclic.inner = { again: cyclic };

describe("a value that Pulumi does not carry", () => {
  it.each<[string, unknown]>([
    ["a function", () => 1],
    ["a symbol", Symbol("x")],
    ["a bigint", 1n],
    ["the number NaN", Number.NaN],
    ["the number Infinity", Number.POSITIVE_INFINITY],
    ["an object of type Date", new Date(0)],
    ["an object of type Map", new Map()],
    ["an object of type Set", new Set()],
    ["an object of type RegExp", /x/],
    ["an object of type Error", new Error("x")],
    ["an object of type Uint8Array", Buffer.from("x")],
    ["an object of type URL", new URL("http://x")],
    ["an object without a prototype", Object.create(null)],
    ["the text that stands for an unknown value", UNKNOWN_VALUE],
    ...[...Object.getOwnPropertyNames(Object.prototype), "4dabf18193072939515e22adb298388d"].map((name): [string, unknown] => [
      `a property named ${name}`,
      JSON.parse(`{ "${name}": 1 }`),
    ]),
  ])("%s is found, wherever it stands", (what, value) => {
    expect(noPlainValue(value)).toEqual({ path: [], what });
    expect(noPlainValue({ triggers: ["x", { deep: value }] })).toEqual({ path: ["triggers", "1", "deep"], what });
  });

  it("an object that holds itself is found, one that stands twice is not", () => {
    expect(noPlainValue(cyclic)).toEqual({ path: ["inner", "again"], what: "an object that holds itself" });
    const twice = { a: 1 };
    expect(noPlainValue([twice, twice])).toBeUndefined();
  });

  it("is not looked for in what Pulumi carries itself", () => {
    const output = new Date(0);
    expect(noPlainValue([output], (value) => value === output)).toBeUndefined();
  });
});

it("plain data is let through, class instances and undefined with it", () => {
  class Settings {
    level = "size";
  }
  expect(noPlainValue([new Settings(), undefined, null, true, -0, "", { id: 2, length: 3 }])).toBeUndefined();
  const names = new Set(Object.getOwnPropertyNames(Object.prototype));
  const plain = fc
    .jsonValue()
    .filter((value) => !JSON.stringify(value).includes("__proto__") && ![...names].some((name) => JSON.stringify(value).includes(name)));
  fc.assert(
    fc.property(plain, (value) => {
      expect(noPlainValue(value)).toBeUndefined();
    }),
  );
});
