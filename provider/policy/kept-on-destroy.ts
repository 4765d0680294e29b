import type { ResourceValidationPolicy } from "@pulumi/policy";
import { leveled } from "./leveled";
import type { KeptOnDestroyOptions } from "./policy-options";
import { SeenResource } from "./seen-resource";

/** Exports and chains outlive a destroy of the stack. */
export function keptOnDestroy(options: KeptOnDestroyOptions): ResourceValidationPolicy {
  return leveled(options, {
    name: "hyperv-kept-on-destroy",
    description: 'Exports and chains are protected, or have onDestroy: "keep".',
    validateResource: (args, report) => {
      const seen = SeenResource.of(args);
      if (seen === undefined || seen.kind === "point") return;
      if (args.opts.protect || seen.argument("onDestroy") === "keep") return;
      report(`A destroy would remove the files of the ${seen.title}. Give it onDestroy: "keep", or the resource option protect: true.`);
    },
  });
}
