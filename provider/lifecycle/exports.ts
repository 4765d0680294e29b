import { randomUUID } from "node:crypto";
import { errorTable } from "../domain/errors/error-table";
import { ExportError } from "../domain/errors/export-error";
import { giveUp, type Known, withWayOut } from "../domain/errors/give-up";
import { type HostInput, hostName, sameMachineByName } from "../domain/hosts/host-input";
import { type PathRules, type PathStyle, pathRules } from "../domain/paths/path-rules";
import type { ExportState } from "../domain/reference-point-export/outputs";
import type { ExportInputs } from "../domain/reference-point-export/properties";
import { parseStoredState } from "../domain/reference-point-export/stored-state";
import { durationOf } from "../domain/reference-point-export/time-limit";
import { formatBytes } from "../domain/values/byte-size";
import { containsUnknown } from "../domain/values/unknown-value";
import type { Host } from "../host/port";
import { requireSameMachine } from "./directory/look";
import { type Forecast, forecastExport } from "./forecast/forecast";
import { type Checked, checkArguments } from "./operations/check";
import { createExport } from "./operations/create";
import { declaredAnew, requireSameNames } from "./operations/declared-anew";
import { deleteExport } from "./operations/delete";
import { type Difference, diffExport } from "./operations/diff";
import { readExport } from "./operations/read";
import { refuseLateKeep, refuseReplacement } from "./operations/refuse-replacement";
import { releaseUntouched } from "./operations/release-untouched";
import { isSameMachine } from "./operations/same-machine";
import { UnfinishedExport } from "./operations/unfinished-export";
import { updateExport } from "./operations/update";
import { BatchedHost } from "./session/batched-host";
import { systemClock } from "./session/clock";
import { MachineQueue } from "./session/machine-queue";
import { Operation } from "./session/operation";
import { RefreshSurvey } from "./session/refresh-survey";

export type { Forecast } from "./forecast/forecast";
export type { Checked } from "./operations/check";
export type { Difference } from "./operations/diff";
export { UnfinishedExport } from "./operations/unfinished-export";

/** A refresh has no argument of its own; content verification of a large export takes hours. */
const READ_LIMIT = "24h";

/** A preview says what it can, and holds nobody up. */
const FORECAST_LIMITS = { firstAnswer: 20_000, whole: 60_000 };

/** What all operations of one process share of a host. */
export interface HostSession {
  readonly host: BatchedHost;
  readonly queue: MachineQueue;
  readonly survey: RefreshSurvey;
}

export function openSession(host: Host): HostSession {
  return { host: new BatchedHost(host), queue: new MachineQueue(), survey: new RefreshSurvey() };
}

/** How hosts are reached: the front builds the adapters. */
export interface Hosts {
  /** The session to a host, shared by everything that names it in the same way. Opens nothing before the first verb. */
  session(host: HostInput): HostSession;
  /** The style of a host's paths, without asking it; undefined for what is no host. */
  pathStyleOf(host: unknown): PathStyle | undefined;
}

/** How an operation speaks to the person who runs it. */
export interface Voice {
  /** Live status; nothing of it stays. */
  progress(text: string): void;
  /** A warning that stays. */
  warn(text: string): void;
  /** The last live status: what the operation has come to. */
  conclude(text: string): void;
  /** The same, for an operation whose live status need not have been shown. */
  concludeIfShown(text: string): void;
}

/** What an engine keeps of an export: the id that it was given, and properties that any version, or a hand, may have written. */
export interface Stored {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/**
 * The door of lifecycle/: what can be done with exports, in plain terms. Every failure is an {@link ExportError}, or an
 * {@link UnfinishedExport} where a create has come so far that its state must be kept.
 */
export class Exports {
  constructor(private readonly hosts: Hosts) {}

  /** Validates arguments, without asking a host. Every failure at once; no value is repeated in one. */
  check(raw: Readonly<Record<string, unknown>>): Checked {
    return checkArguments(raw, this.hosts.pathStyleOf);
  }

  /**
   * What an up would do. Asks the hosts in three cases: a host that is reached in another way may be the same machine; another name may be
   * of the same thing; and a replacement in place deletes the old export first, so it is refused where the new one would be.
   */
  async diff(stored: Stored, inputs: ExportInputs, voice: Voice): Promise<Difference> {
    const state = this.stateOf(stored);
    const deleting = () => this.begin(state, state.timeouts.delete, "timeouts.delete", voice).operation;
    const creating = () => this.begin(inputs, inputs.timeouts.create, "timeouts.create", voice).operation;
    const isSame = await isSameMachine(deleting, creating, state, inputs);
    const style = this.hosts.pathStyleOf(inputs.host) ?? "posix";
    const { replaces } = diffExport(state, inputs, style, isSame);
    const anew = replaces.includes("host") ? {} : await declaredAnew(replaces, deleting, creating, state, inputs);
    const difference = diffExport(state, inputs, style, isSame, anew);
    if (difference.replaces.length > 0) refuseLateKeep(state, inputs);
    if (difference.deleteBeforeReplace && !containsUnknown(inputs)) await refuseReplacement(deleting(), creating(), state, inputs);
    return difference;
  }

  /** What a create would come to, for a preview: the host is asked, and nothing is changed. Never fails. */
  forecast(inputs: ExportInputs, voice: Voice): Promise<Forecast> {
    const { surroundings } = this.begin(inputs, inputs.timeouts.create, "timeouts.create", voice).operation;
    return forecastExport({ ...surroundings, connectionTries: 1 }, inputs, FORECAST_LIMITS);
  }

  async create(inputs: ExportInputs, voice: Voice): Promise<ExportState> {
    const { operation, session, deeds } = this.beginChange(inputs, inputs.timeouts.create, "timeouts.create", voice);
    const { hostName } = operation.surroundings;
    await operation.ask("reach the host", hostName, () => operation.host.prepare());
    const exportId = randomUUID();
    try {
      const state = await onItsMachine(operation, createExport(operation, session.queue, inputs, exportId));
      voice.conclude(outcome(deeds, state));
      return state;
    } catch (error) {
      const isLeft = error instanceof UnfinishedExport && !(await releaseUntouched(operation, inputs.exportDirectory, exportId));
      throw error instanceof UnfinishedExport && !isLeft ? error.reason : error;
    }
  }

  /** The state as it is now; undefined where the export is positively gone, or was looked up by its id and is not there. */
  async read(stored: Stored, voice: Voice): Promise<ExportState | undefined> {
    return knownToEngine(stored, async () => {
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
    return knownToEngine(stored, async () => {
      const { operation, session, deeds } = this.beginChange(inputs, inputs.timeouts.create, "timeouts.create", voice);
      const state = this.stateOf(stored);
      const isReachedAnew = sameMachineByName(state.host, inputs.host) === "unknown";
      if (isReachedAnew) await requireSameMachine(operation, await this.withMachine(state, voice));
      const { replaces } = diffExport(state, inputs, operation.host.pathStyle, true);
      await requireSameNames(operation, replaces, state, inputs);
      const updated = updateExport(operation, session.queue, state, inputs);
      const now = await (isReachedAnew || state.hostMachineId === undefined ? onItsMachine(operation, updated) : updated);
      voice.conclude(outcome(deeds, now));
      return now;
    });
  }

  async delete(stored: Stored, voice: Voice): Promise<void> {
    return knownToEngine(stored, async () => {
      const state = this.locatedState(stored);
      const { operation, deeds } = this.beginChange(state, state.timeouts.delete, "timeouts.delete", voice);
      await deleteExport(operation, state);
      voice.concludeIfShown(deeds.join(", "));
    });
  }

  /** The state with the machine that its own host leads to: one whose create ended before that was known has none. */
  private async withMachine(state: ExportState, voice: Voice): Promise<ExportState> {
    if (state.hostMachineId !== undefined) return state;
    const { operation } = this.begin(state, state.timeouts.create, "timeouts.create", voice);
    const hostMachineId = await operation.machineId();
    return hostMachineId === undefined ? state : { ...state, hostMachineId };
  }

  /** What a survey has reported and nobody has asked for yet is of before the change. */
  private beginChange(...beginning: Parameters<Exports["begin"]>): ReturnType<Exports["begin"]> {
    const begun = this.begin(...beginning);
    begun.session.survey.forget();
    return begun;
  }

  private begin(
    { host }: Pick<ExportInputs, "host">,
    limit: string,
    limitName: string,
    voice: Voice,
  ): { readonly operation: Operation; readonly session: HostSession; readonly deeds: readonly string[] } {
    const deeds: string[] = [];
    const session = this.hosts.session(host);
    const surroundings = {
      host: session.host,
      hostName: hostName(host),
      clock: systemClock,
      progress: (text: string) => voice.progress(text),
      warn: (text: string) => voice.warn(text),
      did: (text: string) => {
        deeds.push(text);
      },
      newExportId: () => randomUUID(),
    };
    return { operation: new Operation(surroundings, durationOf(limit), limitName), session, deeds };
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

/**
 * The state that the work comes to, finished or not, with the machine that holds the export now. It only helps to tell machines apart
 * later, so a connection that broke after the work is no reason to fail.
 */
async function onItsMachine(operation: Operation, work: Promise<ExportState>): Promise<ExportState> {
  const located = async (state: ExportState): Promise<ExportState> => {
    const hostMachineId = (await operation.machineId().catch(() => undefined)) ?? state.hostMachineId;
    return hostMachineId === undefined ? state : { ...state, hostMachineId };
  };
  try {
    return await located(await work);
  } catch (error) {
    if (!(error instanceof UnfinishedExport)) throw error;
    throw new UnfinishedExport(await located(error.state), error.reason);
  }
}

/** What fails of a resource that is in the stack's state says how to give it up. A look-up is nobody's to give up. */
async function knownToEngine<T>(stored: Stored, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isLookUp(stored)) throw error;
    if (error instanceof UnfinishedExport) throw new UnfinishedExport(error.state, withWayOut(error.reason, known(stored)) as ExportError);
    throw withWayOut(error, known(stored));
  }
}

function known({ id, properties: { createUrn } }: Stored): Known {
  return { id, urn: typeof createUrn === "string" ? createUrn : "" };
}

function stateOf(stored: Stored, pathsOf: (host: HostInput) => PathRules): ExportState {
  const parsed = parseStoredState(stored.id, stored.properties, pathsOf);
  if (parsed.ok) return parsed.value;
  throw unusable(stored, parsed.reason);
}

function unusable(stored: Stored, reason: string): ExportError {
  const remedy = `${errorTable["unusable-state"].remedy} If that cannot be done: ${giveUp(known(stored))}`;
  return new ExportError("unusable-state", { step: "read the stored state", subject: stored.id, reason, remedy });
}

/** A look-up (get) has arguments only. */
function isLookUp({ properties }: Stored): boolean {
  return properties.exportId === undefined;
}

/** The engine takes an empty id for success there, and goes on with outputs that are all undefined. */
function notFound(id: string, { exportDirectory }: ExportState): ExportError {
  return new ExportError("export-not-found", { step: "look up the export", subject: exportDirectory, reason: `it holds no export ${id}` });
}
