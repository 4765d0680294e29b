import type { ResourceValidationPolicy } from "@pulumi/policy";
import { parsePortion } from "../domain/reference-point-export/portion";
import { leveled } from "./leveled";
import type { VerifiedByContentOptions } from "./policy-options";
import { SeenResource } from "./seen-resource";

/** Refreshes read every file within so many days, if they run as often as the options say. */
export function verifiedByContent(options: VerifiedByContentOptions): ResourceValidationPolicy {
  const { days, daysBetweenRefreshes = 1 } = options;
  const most = Math.floor(days / daysBetweenRefreshes);
  return leveled(options, {
    name: "hyperv-verified-by-content",
    description: `Refreshes read the content of every file within ${days} days, at one refresh in ${daysBetweenRefreshes} days.`,
    validateResource: (args, report) => {
      const seen = SeenResource.of(args);
      if (seen === undefined || seen.kind === "point") return;
      const { level = "size", portion = "1/1" } = (seen.argument("verification") ?? {}) as { level?: unknown; portion?: unknown };
      const remedy = `Give it verification: { level: "content"${most > 1 ? `, portion: "1/${most}"` : ""} }.`;
      if (level !== "content") return report(`No refresh reads the content of the ${seen.title}. ${remedy}`);
      const parsed = parsePortion(String(portion));
      // A portion of another form is refused by the resource itself.
      if (!parsed.ok || parsed.value.of <= Math.max(most, 1)) return;
      const taken = parsed.value.of * daysBetweenRefreshes;
      report(`With portion "${portion}", refreshes take ${taken} days to read the ${seen.title}, and ${days} are allowed. ${remedy}`);
    },
  });
}
