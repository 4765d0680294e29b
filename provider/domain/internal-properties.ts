import { z } from "zod";
import type { PropertyTable } from "./property-table";

/** What the provider itself adds to the arguments of every resource. */
export const internalProperties = {
  createUrn: {
    schema: z.string(),
    required: false,
    type: "string",
    onChange: "update",
    internal: true,
    meaning: "URN of the resource: the owner that its record on the host names, and the row that progress goes to.",
  },
  secretInputs: {
    schema: z.array(z.string()),
    required: false,
    type: "string[]",
    onChange: "nothing",
    internal: true,
    meaning: "Names of the arguments that are secret, so that no message repeats their values.",
  },
  status: {
    schema: z.literal("intact"),
    required: false,
    default: "intact",
    type: '"intact"',
    onChange: "nothing",
    internal: true,
    meaning:
      "What is declared of the output `status`: a preview compares arguments, so without it what an up mends would show no property.",
  },
  problems: {
    schema: z.array(z.string()).max(0),
    required: false,
    default: [],
    type: "string[]",
    onChange: "nothing",
    internal: true,
    meaning: "What is declared of the output `problems`: none.",
  },
} as const satisfies PropertyTable;
