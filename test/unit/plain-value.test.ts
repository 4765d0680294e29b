import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { noPlainValue } from "../../provider/domain/values/plain-value";
import { UNKNOWN_VALUE } from "../../provider/domain/values/unknown-value";

const cyclic: Record<string, unknown> = {};
cyclic.inner = { again: cyclic };

class Opaque {
  readonly #held = 1;
  get held(): number {
    return this.#held;
  }
}
const throwing = {
  get hush(): never {
    throw new Error("hush");
  },
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();

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
    ["an object whose class keeps what it holds to itself", new Opaque()],
    ["an object that cannot be read", throwing],
    ["an object that cannot be read", revoked.proxy],
    ["a property named by a symbol", { [Symbol("x")]: 1 }],
    ["a property named __pulumiOutput", { __pulumiOutput: true }],
    ["a property named __pulumiResource", { __pulumiResource: true }],
    ["a property named __pulumiAsset", { __pulumiAsset: true }],
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

  it.each<[string, string, () => unknown]>([
    ["deep", "a value of more than 100 levels", () => Array.from({ length: 20_000 }).reduce<unknown>((inner) => [inner], 1)],
    ["wide", "a value of more than 100000 parts", () => Array.from({ length: 100_001 }, (_, index) => index)],
    // Each level holds the one below twice: few objects, and more values than any memory holds.
    ["both", "a value of more than 100000 parts", () => Array.from({ length: 40 }).reduce<unknown>((inner) => [inner, inner], 1)],
  ])("is one that Pulumi would drown in: %s", (_, what, value) => {
    expect(noPlainValue({ triggers: [value()] })).toMatchObject({ what });
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
