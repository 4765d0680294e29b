/** Text that is HTML already. Nothing else gets into a page without being escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | readonly Markup[] | undefined;

/** HTML in which every value is text, but for what is markup already. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.map((part, index) => (index === 0 ? part : insertedText(values[index - 1]) + part)).join(""));
}

export function joined(all: readonly Markup[], between = "\n"): Markup {
  return new Markup(all.map(({ text }) => text).join(between));
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function insertedText(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  if (typeof value === "object") return joined(value, "").text;
  return String(value).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
