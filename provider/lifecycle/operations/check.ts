import { type Checked, checkedArguments, type Failure } from "../../domain/checked-arguments";
import type { HostInput } from "../../domain/hosts/host-input";
import { type PathStyle, pathRules } from "../../domain/paths/path-rules";
import { type ExportInputs, exportProperties } from "../../domain/reference-point-export/properties";
import { containsUnknown } from "../../domain/values/unknown-value";

export type { Checked } from "../../domain/checked-arguments";

type Raw = Readonly<Record<string, unknown>>;
/** The style of the paths that a host takes; undefined where the host is not known. */
export type StyleOf = (host: unknown) => PathStyle | undefined;

/** Validates the arguments of an export against its table, and its paths. No host is asked. */
export function checkArguments(raw: Raw, pathStyleOf: StyleOf): Checked {
  return checkedArguments(exportProperties, raw, (inputs) => pathFailures(inputs, pathStyleOf));
}

function pathFailures(inputs: Raw, pathStyleOf: StyleOf): Failure[] {
  const { exportDirectory, host } = inputs as Partial<ExportInputs>;
  if (typeof exportDirectory !== "string" || host === undefined || containsUnknown(exportDirectory) || containsUnknown(host)) return [];
  const style = pathStyleOf(host);
  if (style === undefined) return [];
  const rules = pathRules(style);
  const failures: Failure[] = rules.check(exportDirectory).map((reason) => ({ path: ["exportDirectory"], reason }));
  return [...failures, ...labFailures(host, style)];
}

/** A lab is named by an absolute path. */
export function labFailures(host: HostInput, style: PathStyle): Failure[] {
  if (host.kind !== "simulator" || pathRules(style).root(host.directory) !== "") return [];
  const such = style === "windows" ? "C:\\hyperv-lab" : "/srv/hyperv-lab";
  return [{ path: ["host", "directory"], reason: `Expected an absolute path such as ${such}; got another text.` }];
}
