import * as fc from "fast-check";
import { expect, it } from "vitest";
import { emptyState, type LabState } from "../../provider/host/simulator/state/lab-state";
import { StateBytes } from "../../provider/host/simulator/state/state-bytes";

interface Edit {
  readonly list: "machines" | "points" | "calls" | "ancestors";
  readonly kind: "append" | "replace" | "remove" | "reverse" | "empty";
  readonly at: number;
  readonly many: number;
  readonly name: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  list: fc.constantFrom("machines", "points", "calls", "ancestors"),
  kind: fc.constantFrom("append", "append", "append", "replace", "remove", "reverse", "empty"),
  at: fc.nat(200),
  many: fc.integer({ min: 1, max: 70 }),
  name: fc.string({ unit: "binary" }),
});

function edited(state: LabState, { list, kind, at, many, name }: Edit): LabState {
  const before: readonly unknown[] = state[list];
  const made = (index: number) => (list === "ancestors" ? `${name}${index}` : { name, index });
  const place = before.length === 0 ? 0 : at % before.length;
  const after = {
    append: () => [...before, ...Array.from({ length: many }, (_, index) => made(index))],
    replace: () => before.map((record, index) => (index === place ? made(at) : record)),
    remove: () => before.filter((_, index) => index !== place),
    reverse: () => [...before].reverse(),
    empty: () => [],
  };
  return { ...state, [list]: after[kind]() };
}

it("writes each state as JSON does, whatever has changed since the one before", () => {
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 30 }), (edits) => {
      const bytes = new StateBytes();
      let state = emptyState();
      for (const one of edits) {
        state = edited(state, one);
        expect(bytes.of(state).toString()).toBe(JSON.stringify(state));
      }
    }),
  );
});
