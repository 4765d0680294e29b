import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ReferencePointExport } from "pulumi-hyperv-reference-point";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inTime } from "../support/in-time";
import { CLAIM, points, Workplace } from "./workplace";

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
});
afterAll(() => place.close());

/** A component with `children` exports, and `inner` components of as many. */
class Exports extends pulumi.ComponentResource {
  readonly exports: ReferencePointExport[];

  constructor(name: string, children: number, inner: number, directory: string, opts?: pulumi.ComponentResourceOptions) {
    super("ops:backup:Exports", name, {}, opts);
    const nested = numbers(inner).map(
      (index) => new Exports(`${name}-${index}`, children, 0, join(directory, `${index}`), { parent: this }),
    );
    const own = inner > 0 ? [] : numbers(children).map((index) => this.export(`${name}-${index}`, join(directory, `${index}`)));
    this.exports = [...own, ...nested.flatMap(({ exports }) => exports)];
    this.registerOutputs({});
  }

  private export(name: string, exportDirectory: string): ReferencePointExport {
    const args = { host: place.host, virtualMachine: "WEB01", referencePoint: points.web01, exportDirectory };
    return new ReferencePointExport(name, args, { parent: this });
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe("a component", () => {
  // With an input that depends on the component, each child waits for its siblings, for ever.
  it.each([
    [1, 0],
    [2, 0],
    [5, 6],
  ])("of %i exports, in %i components of its own, is previewed, made and removed", async (children, inner) => {
    const stack = await place.stack();
    const directory = place.directory();
    const program = async () => {
      const { exports } = new Exports("outer", children, inner, directory);
      return { statuses: pulumi.all(exports.map(({ status }) => status)) };
    };
    const count = children * Math.max(inner, 1);
    const preview = await inTime(stack.preview(program), 60_000);
    expect(preview.text).not.toContain("still active");
    expect(preview).toMatchObject({ ok: true });
    expect(preview.steps.map(({ op }) => op)).toEqual(Array(count).fill("create"));
    expect(await inTime(stack.up(program), 60_000)).toMatchObject({ ok: true });
    expect(await stack.outputs()).toEqual({ statuses: Array(count).fill("intact") });
    for (const { urn, outputs } of stack.resources()) {
      expect(urn).toContain(inner > 0 ? "ops:backup:Exports$ops:backup:Exports$" : "ops:backup:Exports$");
      expect(JSON.parse(readFileSync(join(String(outputs.exportDirectory), CLAIM), "utf8")).owner.urn).toBe(urn);
    }
    expect((await stack.up(program)).steps.map(({ op }) => op)).toEqual(Array(count).fill("same"));
    expect(await stack.destroy()).toMatchObject({ ok: true });
    expect(existsSync(join(directory, "0", CLAIM))).toBe(false);
  });
});
