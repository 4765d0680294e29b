import { z } from "zod";
import type { Parsed } from "./parsed";

/** A text that one of the domain's parsers understands; its reason becomes the failure. */
export function textOf(parse: (text: string) => Parsed<unknown>) {
  return z.string().check((context) => {
    const parsed = parse(context.value);
    if (!parsed.ok) context.issues.push({ code: "custom", message: parsed.reason, input: context.value });
  });
}
