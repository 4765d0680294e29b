import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inTime } from "../support/in-time";
import { Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

// Pulumi waits for ever for some of these, and takes two of others for the same.
const values: readonly (readonly [string, unknown])[] = [
  ["a property named toString", { toString: "x" }],
  ["a property named hasOwnProperty", { hasOwnProperty: 1 }],
  ["a property named __proto__", JSON.parse('{ "__proto__": 1 }')],
  ["an object without a prototype", Object.create(null)],
  ["a symbol", Symbol("x")],
  ["an object of type Date", new Date(0)],
  ["the number NaN", Number.NaN],
];

describe("triggers that Pulumi does not carry are refused at once", () => {
  it.each(values)("%s", async (what, value) => {
    const stack = await place.stack();
    const run = await inTime(stack.preview(place.program({ exportDirectory: place.directory(), triggers: ["x", value] })), 30_000);
    expect(run.ok).toBe(false);
    expect(run.text).toContain(`(triggers.1): ${what}`);
    expect(run.text).toContain("Code: invalid-arguments");
  });

  it.each([
    ["a list", () => pulumi.output(["x", Number.NaN])],
    ["a date, of which Pulumi makes an empty object", () => Promise.resolve([new Date(0)])],
    ["an element", () => [pulumi.output("x"), pulumi.output(Number.NaN)]],
    ["a part of an element", () => [{ deep: [pulumi.output(Number.NaN)] }]],
  ] as const)("%s that is known later", async (_, triggers) => {
    const stack = await place.stack();
    const program = async () => {
      await place.program({ exportDirectory: place.directory(), triggers: triggers() as pulumi.Input<unknown>[] })();
    };
    const run = await inTime(stack.preview(program), 30_000);
    expect(run.ok).toBe(false);
    expect(run.text).toContain("Code: invalid-arguments");
  });

  it("eventual ones that are plain replace the export as others do", async () => {
    const stack = await place.stack();
    const exportDirectory = place.directory();
    const program = (value: number) => async () => {
      await place.program({ exportDirectory, triggers: [{ deep: [pulumi.output(value)] }, pulumi.secret("hush")] })();
    };
    expect(await stack.up(program(1))).toMatchObject({ ok: true });
    expect(stack.stateText()).not.toContain("hush");
    expect((await stack.up(program(1))).steps.map(({ op }) => op)).toEqual(["same"]);
    expect((await stack.up(program(2))).steps.map(({ op }) => op)).toContain("create-replacement");
  });
});
