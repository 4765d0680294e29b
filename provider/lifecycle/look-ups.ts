import { randomUUID } from "node:crypto";
import { ExportError } from "../domain/errors/export-error";
import { type HostInput, hostName } from "../domain/hosts/host-input";
import type { HostQuery, LookUpResults, ReferencePointsQuery, VirtualMachinesQuery } from "../domain/look-ups/look-up-results";
import { type LookUpArgument, type LookUpName, lookUps } from "../domain/look-ups/look-up-tables";
import { pathRules } from "../domain/paths/path-rules";
import { durationOf } from "../domain/reference-point-export/time-limit";
import { nearest } from "../domain/values/nearest";
import type { Hosts } from "./door";
import { checkHost } from "./look-up/check-host";
import { findReferencePoints } from "./look-up/find-reference-points";
import { findVirtualMachines } from "./look-up/find-virtual-machines";
import { systemClock } from "./session/clock";
import { type LimitName, Operation, type Surroundings } from "./session/operation";

export type Asked = Readonly<Record<string, unknown>>;

/**
 * The door for questions that a program asks beside its resources. Nothing is changed. Every failure is an {@link ExportError}; what is
 * wrong with a host is the answer of a check, and no failure.
 */
export class LookUps {
  constructor(private readonly hosts: Hosts) {}

  /** @param secretInputs names of the arguments that are secret: no error lists what is most like one of them */
  async answer<Name extends LookUpName>(name: Name, asked: Asked, secretInputs: readonly string[]): Promise<LookUpResults[Name]> {
    const query = this.checked(name, asked);
    const operation = this.begin(query);
    operation.host.imagine();
    return answers[name](operation, query as never, secretInputs);
  }

  /** The arguments with the table's defaults. One error tells of all that is wrong with them, and repeats no value. */
  protected checked(name: LookUpName, asked: Asked): { readonly host: HostInput; readonly timeout: string } {
    const table: Readonly<Record<string, LookUpArgument>> = lookUps[name].arguments;
    const given = Object.entries(asked).filter(([, value]) => value !== undefined && value !== null);
    const strange = given.flatMap(([argument]) => (Object.hasOwn(table, argument) ? [] : [noSuchArgument(argument, Object.keys(table))]));
    const query: Record<string, unknown> = {};
    const wrong = Object.entries(table).flatMap(([argument, row]) => {
      const value = asked[argument] ?? row.default;
      if (value === undefined || value === null) return row.required ? [`${argument} is missing${instead(row)}`] : [];
      const parsed = row.schema.safeParse(value);
      if (!parsed.success) return parsed.error.issues.map(({ path, message }) => `${[argument, ...path].join(".")}: ${message}`);
      query[argument] = parsed.data;
      return [];
    });
    const problems = [...strange, ...wrong, ...this.wrongPaths(query)];
    if (problems.length === 0) return query as unknown as { readonly host: HostInput; readonly timeout: string };
    const reason = problems.map((problem) => problem.replace(/\.$/, "")).join("; ");
    throw new ExportError("invalid-arguments", { step: "use the arguments", subject: name, reason });
  }

  private wrongPaths({ host, directories = [] }: { readonly host?: HostInput; readonly directories?: readonly string[] }): string[] {
    const style = this.hosts.pathStyleOf(host);
    if (host === undefined || style === undefined) return [];
    const rules = pathRules(style);
    const isAbsolute = (path: string) => rules.root(path) !== "" && !path.includes("\0");
    const lab = host.kind === "simulator" ? [["host.directory", host.directory] as const] : [];
    const paths = [...lab, ...directories.map((directory, index) => [`directories.${index}`, directory] as const)];
    return paths.flatMap(([name, path]) => (isAbsolute(path) ? [] : [`${name}: expected an absolute path, got another text`]));
  }

  protected begin(
    { host, timeout }: { readonly host: HostInput; readonly timeout: string },
    limitName: LimitName = "timeout",
    more: Pick<Surroundings, "connectionTries"> = {},
  ): Operation {
    const surroundings = {
      host: this.hosts.session(host).host,
      hostName: hostName(host),
      clock: systemClock,
      progress: () => {},
      warn: () => {},
      newExportId: () => randomUUID(),
      ...more,
    };
    return new Operation(surroundings, durationOf(timeout), limitName);
  }
}

const answers = {
  getVirtualMachines: (operation: Operation, query: VirtualMachinesQuery) => findVirtualMachines(operation, query),
  getReferencePoints: (operation: Operation, query: ReferencePointsQuery, secretInputs: readonly string[]) =>
    findReferencePoints(operation, query, secretInputs),
  checkHost: (operation: Operation, query: HostQuery) => checkHost(operation, query),
} satisfies Record<LookUpName, unknown> as {
  readonly [Name in LookUpName]: (operation: Operation, query: never, secretInputs: readonly string[]) => Promise<LookUpResults[Name]>;
};

function instead({ defaultText }: LookUpArgument): string {
  return defaultText === undefined ? "" : `; give it, or ${defaultText}`;
}

function noSuchArgument(argument: string, names: readonly string[]): string {
  return `there is no argument ${argument}; the one most like it is ${nearest(argument, names)[0]}`;
}
