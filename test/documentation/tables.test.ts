import { expect, it } from "vitest";
import { userPages } from "../../tools/documentation/pages.mjs";
import { referenceTables, withTables } from "../../tools/documentation/tables.mjs";

const tables = referenceTables();

it.each(userPages())("$name has the reference tables of this version (npm run documentation writes them)", (page) => {
  expect(withTables(page, tables)).toBe(page.text);
});

it("every table is shown, and on one page", () => {
  const shown = userPages().flatMap(({ text }) => [...text.matchAll(/<!-- table: ([a-z ]+) -->/g)].map(([, name]) => name));
  expect(shown.sort()).toEqual(Object.keys(tables).sort());
});

it("a marker of no table is refused, and the page named", () => {
  const page = { name: "docs/x.md", text: "<!-- table: nonsense -->\n<!-- end -->" };
  expect(() => withTables(page, tables)).toThrow(/docs\/x\.md .*"nonsense"/);
});
