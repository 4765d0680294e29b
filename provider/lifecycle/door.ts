import { randomUUID } from "node:crypto";
import { errorTable } from "../domain/errors/error-table";
import { ExportError } from "../domain/errors/export-error";
import { giveUp, type Known, withWayOut } from "../domain/errors/give-up";
import { type HostInput, hostName } from "../domain/hosts/host-input";
import type { PathStyle } from "../domain/paths/path-rules";
import { durationOf } from "../domain/reference-point-export/time-limit";
import type { Host } from "../host/port";
import { BatchedHost } from "./session/batched-host";
import { systemClock } from "./session/clock";
import { MachineQueue } from "./session/machine-queue";
import { type LimitName, Operation, type Surroundings } from "./session/operation";
import { RefreshSurvey } from "./session/refresh-survey";
import { Unfinished } from "./session/unfinished";

export type { Checked } from "../domain/checked-arguments";
export type { NoAnswer } from "./session/asked-in-preview";
export { Unfinished } from "./session/unfinished";

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

/** A preview says what it can, and holds nobody up: milliseconds. */
export const FORECAST_LIMITS = { firstAnswer: 20_000, whole: 60_000 };

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

/** What an engine keeps of a resource: the id that it was given, and properties that any version, or a hand, may have written. */
export interface Stored {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Begun {
  readonly operation: Operation;
  readonly session: HostSession;
  /** What has been done, for the last word of the resource's row. */
  readonly deeds: readonly string[];
}

/**
 * Begins an operation on a host.
 *
 * @param limit "6h": how long it may take
 * @param limitName "timeouts.create": what a timed-out error tells to raise
 */
export function begin(
  hosts: Hosts,
  host: HostInput,
  limit: string,
  limitName: LimitName,
  voice: Voice,
  more: Pick<Surroundings, "connectionTries"> = {},
): Begun {
  const deeds: string[] = [];
  const session = hosts.session(host);
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
    ...more,
  };
  return { operation: new Operation(surroundings, durationOf(limit), limitName), session, deeds };
}

/** What a plan waits for: what it could not ask, the change itself asks again. Two tries, since a session that has idled may be gone. */
const PLAN_LIMIT = "1m";
const PLAN_TRIES = 2;

/** Begins one that only asks, for a diff or a preview. The program's own limits may not even be known then. */
export function beginPlan(hosts: Hosts, host: HostInput, voice: Voice, connectionTries = PLAN_TRIES): Operation {
  return begin(hosts, host, PLAN_LIMIT, "the limit of a preview", voice, { connectionTries }).operation;
}

/** Begins one that changes something: what a survey has reported and nobody has asked for yet is of before. */
export function beginChange(...beginning: Parameters<typeof begin>): Begun {
  const begun = begin(...beginning);
  begun.session.survey.forget();
  return begun;
}

/**
 * The state that the work comes to, finished or not, with the machine that the host is now. It only helps to tell machines apart later,
 * so a connection that broke after the work is no reason to fail.
 */
export async function onItsMachine<State extends { readonly hostMachineId?: string }>(
  operation: Operation,
  work: Promise<State>,
): Promise<State> {
  const located = async (state: State): Promise<State> => {
    const hostMachineId = (await operation.machineId().catch(() => undefined)) ?? state.hostMachineId;
    return hostMachineId === undefined ? state : { ...state, hostMachineId };
  };
  try {
    return await located(await work);
  } catch (error) {
    if (!(error instanceof Unfinished)) throw error;
    throw unfinishedBy(error, await located(error.state), error.reason);
  }
}

/** What fails of a resource that is in the stack's state says how to give it up. A look-up is nobody's to give up. */
export async function knownToEngine<T>(stored: Stored, isLookUp: boolean, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isLookUp) throw error;
    if (error instanceof Unfinished) throw unfinishedBy(error, error.state, withWayOut(error.reason, known(stored)) as ExportError);
    throw withWayOut(error, known(stored));
  }
}

/** Of the same class, by which tests and fronts know it. */
function unfinishedBy<State>(error: Unfinished<State>, state: State, reason: ExportError): Unfinished<State> {
  return new (error.constructor as typeof Unfinished<State>)(state, reason);
}

/** A stored state that lacks what is needed to go on with it. */
export function unusable(stored: Stored, reason: string): ExportError {
  const remedy = `${errorTable["unusable-state"].remedy} If that cannot be done: ${giveUp(known(stored))}`;
  return new ExportError("unusable-state", { step: "read the stored state", subject: stored.id, reason, remedy });
}

function known({ id, properties: { createUrn } }: Stored): Known {
  return { id, urn: typeof createUrn === "string" ? createUrn : "" };
}
