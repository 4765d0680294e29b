import { type Checked, checkedArguments, type Failure } from "../../domain/checked-arguments";
import { checkpointExportProperties } from "../../domain/checkpoint-export/properties";
import { type ChainInputs, chainProperties } from "../../domain/export-chain/properties";
import { pathRules } from "../../domain/paths/path-rules";
import { containsUnknown } from "../../domain/values/unknown-value";
import { labFailures, type StyleOf } from "../operations/check";

type Raw = Readonly<Record<string, unknown>>;

/** Validates the arguments of a chain against its table, and its paths. No host is asked. */
export function checkChain(raw: Raw, pathStyleOf: StyleOf): Checked {
  return checkedArguments(chainProperties, raw, (inputs) => [...pathFailures(inputs, pathStyleOf), ...wayFailures(inputs)]);
}

/** The same of an export by a checkpoint. */
export function checkCheckpointExport(raw: Raw, pathStyleOf: StyleOf): Checked {
  return checkedArguments(checkpointExportProperties, raw, (inputs) => pathFailures(inputs, pathStyleOf, "exportDirectory"));
}

/** What one way of making generations has no use for, it would leave undone without a word. */
function wayFailures({ via, ...inputs }: Raw): Failure[] {
  if (via === "checkpoint") {
    if (inputs.disks === undefined) return [];
    const remedy = "Leave disks out, or set via to referencePoint.";
    return [{ path: ["disks"], reason: "a checkpoint holds every disk of the machine", remedy }];
  }
  if (via !== "referencePoint") return [];
  const { merge } = (inputs.timeouts ?? {}) as { readonly merge?: unknown };
  const paths = [
    ...["ignoreUnsupportedDisks", "intent"].filter((name) => inputs[name] !== undefined).map((name) => [name]),
    ...(merge === undefined ? [] : [["timeouts", "merge"]]),
  ];
  return paths.map((path) => ({
    path,
    reason: "it is of generations that are made by a checkpoint",
    remedy: `Leave ${path.join(".")} out, or set via to checkpoint.`,
  }));
}

function pathFailures(inputs: Raw, pathStyleOf: StyleOf, name = "directory"): Failure[] {
  const { host } = inputs as Partial<ChainInputs>;
  const directory = inputs[name];
  if (typeof directory !== "string" || host === undefined || containsUnknown(directory) || containsUnknown(host)) return [];
  const style = pathStyleOf(host);
  if (style === undefined) return [];
  return [
    ...pathRules(style)
      .check(directory)
      .map((reason) => ({ path: [name], reason })),
    ...labFailures(host, style),
  ];
}
