import { randomUUID } from "node:crypto";
import { ExportError } from "../domain/errors/export-error";
import { withStoredArguments } from "../domain/errors/give-up";
import { type HostInput, sameMachineByName } from "../domain/hosts/host-input";
import { type PathRules, pathRules } from "../domain/paths/path-rules";
import type { ExportState } from "../domain/reference-point-export/outputs";
import type { ExportInputs } from "../domain/reference-point-export/properties";
import { parseStoredState } from "../domain/reference-point-export/stored-state";
import { formatBytes } from "../domain/values/byte-size";
import { containsUnknown } from "../domain/values/unknown-value";
import { requireSameMachine } from "./directory/look";
import {
  type Begun,
  begin,
  beginChange,
  beginPlan,
  FORECAST_LIMITS,
  type Hosts,
  knownToEngine,
  onItsMachine,
  type Stored,
  unusable,
  type Voice,
} from "./door";
import { type Forecast, forecastExport } from "./forecast/forecast";
import { type Checked, checkArguments } from "./operations/check";
import { createExport } from "./operations/create";
import { declaredAnew, requireSameNames } from "./operations/declared-anew";
import { deleteExport } from "./operations/delete";
import { type Difference, diffExport } from "./operations/diff";
import { PlannedReplacements } from "./operations/planned-replacements";
import { readExport } from "./operations/read";
import { releaseUntouched } from "./operations/release-untouched";
import { UnfinishedExport } from "./operations/unfinished-export";
import { updateExport } from "./operations/update";
import { forgetBaseUse, noteBaseUse } from "./reference-point/base-uses";
import { refuseLateKeep } from "./session/late-keep";
import type { LimitName } from "./session/operation";
import { isSameMachine } from "./session/same-machine";

export type { Forecast } from "./forecast/forecast";
export type { Difference } from "./operations/diff";
export { UnfinishedExport } from "./operations/unfinished-export";

/** A refresh has no argument of its own; content verification of a large export takes hours. */
const READ_LIMIT = "24h";

/**
 * The door of lifecycle/: what can be done with exports, in plain terms. Every failure is an {@link ExportError}, or an
 * {@link UnfinishedExport} where a create has come so far that its state must be kept.
 */
export class Exports {
  private readonly replacements = new PlannedReplacements();
  /** What each create has come to, by the resource's URN. */
  private readonly made = new Map<string, string>();

  constructor(private readonly hosts: Hosts) {}

  /** Validates arguments, without asking a host. Every failure at once; no value is repeated in one. */
  check(raw: Readonly<Record<string, unknown>>): Checked {
    return checkArguments(raw, this.hosts.pathStyleOf);
  }

  /**
   * What an up would do. Asks the hosts in three cases: a host that is reached in another way may be the same machine; another name may be
   * of the same thing; and a replacement in place deletes the old export first, so it is refused where the new one would be. Where a host
   * does not answer that, the delete of this process asks again.
   */
  async diff(stored: Stored, inputs: ExportInputs, voice: Voice): Promise<Difference> {
    const state = this.stateOf(stored);
    const deleting = () => beginPlan(this.hosts, state.host, voice);
    const creating = () => beginPlan(this.hosts, inputs.host, voice);
    const isSame = await isSameMachine(deleting, creating, state, inputs);
    const style = this.hosts.pathStyleOf(inputs.host) ?? "posix";
    const { replaces } = diffExport(state, inputs, style, isSame);
    const anew = replaces.includes("host") ? {} : await declaredAnew(replaces, deleting, creating, state, inputs);
    const difference = diffExport(state, inputs, style, isSame, anew);
    if (difference.replaces.length > 0) refuseLateKeep("export", state.exportDirectory, state, inputs);
    this.replacements.forget(stored.id);
    if (difference.deleteBeforeReplace && !containsUnknown(inputs)) {
      await this.replacements.plan(stored.id, deleting().surroundings, creating().surroundings, state, inputs);
    }
    return difference;
  }

  /**
   * What a create would come to, for a preview: the host is asked, and nothing is changed. Never fails.
   *
   * @param formerUrns what the resource was called before: what it replaces may be claimed under such a name
   */
  forecast(inputs: ExportInputs, voice: Voice, formerUrns: readonly string[] = []): Promise<Forecast> {
    return forecastExport(beginPlan(this.hosts, inputs.host, voice, 1).surroundings, inputs, FORECAST_LIMITS, formerUrns);
  }

  async create(inputs: ExportInputs, voice: Voice): Promise<ExportState> {
    const { operation, session, deeds } = this.beginChange(inputs, inputs.timeouts.create, "timeouts.create", voice);
    const { hostName } = operation.surroundings;
    await operation.ask("reach the host", hostName, () => operation.host.prepare());
    const exportId = randomUUID();
    try {
      const state = await onItsMachine(operation, createExport(operation, session.queue, inputs, exportId));
      await noteBaseUse(operation, state);
      const made = outcome(deeds, state);
      this.made.set(inputs.createUrn, made);
      voice.conclude(made);
      return state;
    } catch (error) {
      const isLeft = error instanceof UnfinishedExport && !(await releaseUntouched(operation, inputs.exportDirectory, exportId));
      throw error instanceof UnfinishedExport && !isLeft ? error.reason : error;
    }
  }

  /** The state as it is now; undefined where the export is positively gone, or was looked up by its id and is not there. */
  async read(stored: Stored, voice: Voice): Promise<ExportState | undefined> {
    return knownByState(stored, async () => {
      const state = this.locatedState(stored);
      const { operation, session } = this.begin(state, READ_LIMIT, "the limit of a refresh", voice);
      const now = await readExport(operation, session.survey, state);
      if (now === undefined && isLookUp(stored)) throw notFound(stored.id, state);
      if (now === undefined) {
        const why = "its directory is not there, and the folder above it is";
        voice.warn(`The export in ${state.exportDirectory} is gone: ${why}. It leaves the stack's state, and pulumi up exports it again.`);
      }
      voice.concludeIfShown(now === undefined ? "gone" : outcome([now.status], now));
      return now && onItsMachine(operation, Promise.resolve(now));
    });
  }

  async update(stored: Stored, inputs: ExportInputs, voice: Voice): Promise<ExportState> {
    return knownToEngine(stored, isLookUp(stored), async () => {
      const { operation, session, deeds } = this.beginChange(inputs, inputs.timeouts.create, "timeouts.create", voice);
      const state = this.stateOf(stored);
      const isReachedAnew = sameMachineByName(state.host, inputs.host) === "unknown";
      if (isReachedAnew) await requireSameMachine(operation, await this.withMachine(state, voice));
      const { replaces } = diffExport(state, inputs, operation.host.pathStyle, true);
      await requireSameNames(operation, replaces, state, inputs);
      const updated = updateExport(operation, session.queue, state, inputs);
      const now = await (isReachedAnew || state.hostMachineId === undefined ? onItsMachine(operation, updated) : updated);
      if (state.status === "incomplete" || state.exportDirectory !== now.exportDirectory) await noteBaseUse(operation, now);
      voice.conclude(outcome(deeds, now));
      return now;
    });
  }

  async delete(stored: Stored, voice: Voice): Promise<void> {
    return knownByState(stored, async () => {
      const state = this.locatedState(stored);
      const { operation, deeds } = this.beginChange(state, state.timeouts.delete, "timeouts.delete", voice);
      const creating = (news: ExportInputs) => this.begin(news, news.timeouts.create, "timeouts.create", voice).operation;
      await this.replacements.beforeDelete(stored.id, operation, creating, state);
      await deleteExport(operation, state);
      await forgetBaseUse(operation, state);
      // The old half of a replacement shares the row of the new export.
      voice.conclude([this.made.get(state.createUrn), deeds.join(", ")].filter(Boolean).join("; the old one: "));
    });
  }

  /** The state with the machine that its own host leads to: one whose create ended before that was known has none. */
  private async withMachine(state: ExportState, voice: Voice): Promise<ExportState> {
    if (state.hostMachineId !== undefined) return state;
    const { operation } = this.begin(state, state.timeouts.create, "timeouts.create", voice);
    const hostMachineId = await operation.machineId();
    return hostMachineId === undefined ? state : { ...state, hostMachineId };
  }

  private beginChange({ host }: Pick<ExportInputs, "host">, limit: string, limitName: LimitName, voice: Voice): Begun {
    return beginChange(this.hosts, host, limit, limitName, voice);
  }

  private begin({ host }: Pick<ExportInputs, "host">, limit: string, limitName: LimitName, voice: Voice): Begun {
    return begin(this.hosts, host, limit, limitName, voice);
  }

  /**
   * The stored state, if its directory is one that an export can have: neither the arguments of a look-up nor a state that was edited
   * have gone through check, and a slip there must not list, or delete from, a whole volume.
   */
  private locatedState(stored: Stored): ExportState {
    const state = this.stateOf(stored);
    const [problem] = this.pathsOf(state.host).check(state.exportDirectory);
    if (problem === undefined) return state;
    if (!isLookUp(stored)) throw unusable(stored, `exportDirectory: ${problem}`);
    throw new ExportError("invalid-arguments", { step: "look up the export", subject: state.exportDirectory, reason: problem });
  }

  private stateOf(stored: Stored): ExportState {
    return stateOf(stored, (host) => this.pathsOf(host));
  }

  /** Unknown only of what is no host. */
  private pathsOf(host: HostInput): PathRules {
    return pathRules(this.hosts.pathStyleOf(host) ?? "posix");
  }
}

/** "repaired: full, 7 MiB in 5 files": what stays on the row of a finished export. */
function outcome(deeds: readonly string[], { kind, totalBytes = 0, files = [] }: ExportState): string {
  const done = [...new Set(deeds)].join(", ");
  const made = kind && `${kind}, ${formatBytes(totalBytes)} in ${files.length} files`;
  return [done, made].filter(Boolean).join(": ");
}

/** As {@link knownToEngine}, for what goes by the stored arguments and never sees the program's. */
function knownByState<T>(stored: Stored, work: () => Promise<T>): Promise<T> {
  return knownToEngine(stored, isLookUp(stored), () =>
    work().catch((error: unknown) => {
      throw isLookUp(stored) ? error : withStoredArguments(error);
    }),
  );
}

function stateOf(stored: Stored, pathsOf: (host: HostInput) => PathRules): ExportState {
  const parsed = parseStoredState(stored.id, stored.properties, pathsOf);
  if (parsed.ok) return parsed.value;
  throw unusable(stored, parsed.reason);
}

/** A look-up (get) has arguments only. */
function isLookUp({ properties }: Stored): boolean {
  return properties.exportId === undefined;
}

/** The engine takes an empty id for success there, and goes on with outputs that are all undefined. */
function notFound(id: string, { exportDirectory }: ExportState): ExportError {
  return new ExportError("export-not-found", { step: "look up the export", subject: exportDirectory, reason: `it holds no export ${id}` });
}
