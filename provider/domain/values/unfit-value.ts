import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** "expected simulator, local or ssh": why a value does not fit, of a schema's own issue. A schema that says it better is left to say it. */
export function whyUnfit(issue: Issue): string {
  const { message } = issue;
  if (issue.code === "invalid_union" && "options" in issue && Array.isArray(issue.options) && message.startsWith("Invalid discriminator"))
    return `expected ${oneOf(issue.options)}`;
  if (issue.code === "invalid_value" && message.startsWith("Invalid")) return `expected ${oneOf(issue.values)}`;
  if (issue.code === "unrecognized_keys") return `there is no ${issue.keys.map((key) => `"${key}"`).join(", ")} in it`;
  if (issue.code === "too_small" && message.startsWith("Too small: expected string to have >=1 ")) return "it is empty";
  const [, expected, got] = /^Invalid input: (expected .+), received (.+)$/.exec(message) ?? [];
  if (expected === undefined) return message;
  return got === "undefined" ? `it is missing; ${expected}` : `${expected}, got ${got}`;
}

function oneOf(values: readonly unknown[]): string {
  const texts = values.map(String);
  const last = texts.pop();
  return texts.length === 0 ? `${last}` : `${texts.join(", ")} or ${last}`;
}
