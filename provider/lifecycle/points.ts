import { randomUUID } from "node:crypto";
import { checkedArguments, type Failure } from "../domain/checked-arguments";
import { ExportError, isExportError } from "../domain/errors/export-error";
import { giveUp } from "../domain/errors/give-up";
import { type HostInput, sameMachineByName } from "../domain/hosts/host-input";
import { normaliseReferencePointId } from "../domain/hyperv/guid";
import { sameId } from "../domain/hyperv/same-id";
import type { PointState } from "../domain/reference-point/outputs";
import { type PointInputs, pointProperties } from "../domain/reference-point/properties";
import { parseStoredPoint } from "../domain/reference-point/stored-state";
import { containsUnknown } from "../domain/values/unknown-value";
import {
  begin,
  beginChange,
  beginPlan,
  type Checked,
  FORECAST_LIMITS,
  type Hosts,
  knownToEngine,
  onItsMachine,
  type Stored,
  unusable,
  type Voice,
} from "./door";
import { labFailures } from "./operations/check";
import { listPoints } from "./reference-point/attempt/what-has-come";
import { createPoint } from "./reference-point/create-point";
import { deletePoint } from "./reference-point/delete-point";
import { diffPoint, type PointDifference } from "./reference-point/diff-point";
import { forecastPoint, type PointForecast } from "./reference-point/forecast-point";
import { readPoint } from "./reference-point/read-point";
import { renamePoint } from "./reference-point/record/rename-point";
import { isHostError } from "./session/host-failure";
import { refuseLateKeep } from "./session/late-keep";
import type { Operation } from "./session/operation";
import { isSameMachine } from "./session/same-machine";
import { isMachineNamedAnew } from "./target/named-anew";
import { findMachine } from "./target/resolve-target";

const READ_LIMIT = "30m";

/** The door of lifecycle/ for reference points: what can be done with them, in plain terms. */
export class ReferencePoints {
  /** Ids that the engine has spoken of in this process, and the URNs of what it has had made. */
  private readonly known = new Set<string>();
  /** What each create has come to, by the resource's URN. */
  private readonly made = new Map<string, string>();

  constructor(private readonly hosts: Hosts) {}

  /** Validates arguments, without asking a host. Every failure at once; no value is repeated in one. */
  check(raw: Readonly<Record<string, unknown>>): Checked {
    return checkedArguments(pointProperties, raw, ({ host }) => this.hostFailures(host));
  }

  /** What an up would do. Asks the hosts only where a host or a machine is named in another way than before. */
  async diff(stored: Stored, inputs: PointInputs, voice: Voice): Promise<PointDifference> {
    const state = this.stateOf(stored);
    const held = () => beginPlan(this.hosts, state.host, voice);
    const declared = () => beginPlan(this.hosts, inputs.host, voice);
    const host = await isSameMachine(held, declared, state, inputs);
    const byText = diffPoint(state, inputs, { host, machine: false });
    const isAsked = host && byText.replaces.includes("virtualMachine");
    const difference = isAsked
      ? diffPoint(state, inputs, { host, machine: await this.isNamedAnew(declared, state, inputs, voice) })
      : byText;
    if (difference.replaces.length > 0) refuseLateKeep("reference point", state.referencePointId ?? "", state, inputs);
    return difference;
  }

  /** A host that does not answer is believed, with a warning: the update looks for the machine again before it changes anything. */
  private isNamedAnew(declared: () => Operation, state: PointState, inputs: PointInputs, voice: Voice): Promise<boolean> {
    return isMachineNamedAnew(declared(), state, inputs.virtualMachine).catch((error: unknown) => {
      voice.warn(`${(error as Error).message}\nUntil the host answers, virtualMachine is taken to mean the same.`);
      return true;
    });
  }

  /** What a create would come to, for a preview: the host is asked, and nothing is changed. Never fails. */
  forecast(inputs: PointInputs, voice: Voice): Promise<PointForecast> {
    return forecastPoint(beginPlan(this.hosts, inputs.host, voice, 1).surroundings, inputs, FORECAST_LIMITS);
  }

  async create(inputs: PointInputs, voice: Voice): Promise<PointState> {
    const { operation, session, deeds } = beginChange(this.hosts, inputs.host, inputs.timeouts.create, "timeouts.create", voice);
    await operation.ask("reach the host", operation.surroundings.hostName, () => operation.host.prepare());
    const recordId = randomUUID();
    this.known.add(inputs.createUrn);
    this.known.add(recordId);
    const creating = createPoint(operation, session.queue, inputs, recordId, (id) => this.known.has(id));
    const state = await onItsMachine(operation, creating);
    const made = outcome(deeds, state);
    this.made.set(inputs.createUrn, made);
    voice.conclude(made);
    return state;
  }

  /** The state as it is now; undefined where the point is positively gone. */
  async read(stored: Stored, voice: Voice): Promise<PointState | undefined> {
    const state = isLookUp(stored) ? undefined : this.stateOf(stored);
    return this.guarded(stored, state, async () => {
      const { operation } = begin(this.hosts, (state ?? this.stateOf(stored)).host, READ_LIMIT, "the limit of a refresh", voice);
      if (state === undefined) return lookedUp(operation, this.stateOf(stored));
      const now = await readPoint(operation, state);
      if (now === undefined) {
        voice.warn(
          `The reference point ${state.referencePointId} of ${state.virtualMachineName} is gone: its machine is there and does not list it. It leaves the stack's state, and pulumi up makes another one.`,
        );
      }
      voice.concludeIfShown(now === undefined ? "gone" : now.status);
      return now && onItsMachine(operation, Promise.resolve(now));
    });
  }

  async update(stored: Stored, inputs: PointInputs, voice: Voice): Promise<PointState> {
    const state = this.stateOf(stored);
    return this.guarded(stored, state, async () => {
      const { operation, session, deeds } = beginChange(this.hosts, inputs.host, inputs.timeouts.create, "timeouts.create", voice);
      if (sameMachineByName(state.host, inputs.host) === "unknown") await this.requireSameHost(operation, state, voice);
      await renamePoint(operation, state.recordId, state.createUrn, inputs.createUrn);
      const updated =
        state.status === "incomplete"
          ? createPoint(operation, session.queue, inputs, state.recordId, (id) => this.known.has(id))
          : requireSameName(operation, state, inputs).then(() => ({ ...state, ...inputs }));
      const now = await onItsMachine(operation, updated);
      voice.conclude(outcome(deeds, now));
      return now;
    });
  }

  async delete(stored: Stored, voice: Voice): Promise<void> {
    const state = this.stateOf(stored);
    return this.guarded(stored, state, async () => {
      const { operation, session, deeds } = beginChange(this.hosts, state.host, state.timeouts.delete, "timeouts.delete", voice);
      await deletePoint(operation, session.queue, state, (id) => this.known.has(id));
      const done = deeds.join(", ");
      const made = this.made.get(state.createUrn);
      // The old half of a replacement shares the row of the new point.
      if (made === undefined) voice.concludeIfShown(done);
      else voice.conclude(`${made}; the old one: ${done}`);
    });
  }

  /** What fails says how to give the resource up; a machine that is not there may only be out of sight. */
  private guarded<T>(stored: Stored, state: PointState | undefined, work: () => Promise<T>): Promise<T> {
    return knownToEngine(stored, state === undefined, async () => {
      try {
        return await work();
      } catch (error) {
        if (state === undefined || !isExportError(error) || !isMachineAbsent(error)) throw error;
        const { id, properties } = stored;
        const urn = typeof properties.createUrn === "string" ? properties.createUrn : "";
        const { step, subject, reason } = error;
        const remedy = `Bring the machine back into sight (it may be on another node, or the account lacks a right), and run the command again. Only if it is gone for good, and its points with it: ${giveUp({ id, urn })}`;
        throw new ExportError("virtual-machine-not-found", { step, subject, reason, remedy }, { cause: error });
      }
    });
  }

  private async requireSameHost(operation: Operation, state: PointState, voice: Voice): Promise<void> {
    const held = begin(this.hosts, state.host, state.timeouts.create, "timeouts.create", voice).operation;
    const hostMachineId = state.hostMachineId ?? (await held.machineId());
    if (hostMachineId === undefined) return;
    const now = await operation.machineId();
    if (now === hostMachineId) return;
    const { hostName } = operation.surroundings;
    throw new ExportError("machine-changed", {
      step: "look at the reference point",
      subject: state.referencePointId ?? state.virtualMachine,
      reason: `${hostName} is another machine now (${now ?? "without an identity"}) than the one that the point is on (${hostMachineId})`,
    });
  }

  private hostFailures(host: unknown): Failure[] {
    if (host === undefined || containsUnknown(host)) return [];
    const style = this.hosts.pathStyleOf(host);
    return style === undefined ? [] : labFailures(host as HostInput, style);
  }

  private stateOf(stored: Stored): PointState {
    this.known.add(stored.id);
    const parsed = parseStoredPoint(stored.id, stored.properties);
    if (parsed.ok) return parsed.value;
    throw unusable(stored, parsed.reason);
  }
}

/** A look-up (get) has arguments only, and the point's own id. */
function isLookUp({ properties }: Stored): boolean {
  return properties.recordId === undefined;
}

async function lookedUp(operation: Operation, state: PointState): Promise<PointState> {
  const machine = await findMachine(operation, state);
  const wanted = normaliseReferencePointId(state.recordId);
  const points = await listPoints(operation, { virtualMachineId: machine.id, virtualMachineName: machine.name });
  const point = wanted.ok ? points.find(({ id }) => sameId(id, wanted.value)) : undefined;
  if (point === undefined) {
    const listed = points.length === 0 ? "no reference points" : `the points ${points.map(({ id }) => id).join(", ")}`;
    const details = { step: "look up the reference point", subject: state.recordId, reason: `${machine.name} has ${listed}` };
    throw new ExportError("reference-point-not-found", {
      ...details,
      remedy: "Correct the id: it is the point's own, as Hyper-V names it.",
    });
  }
  return {
    ...state,
    virtualMachineId: machine.id,
    virtualMachineName: machine.name,
    referencePointId: point.id,
    madeConsistency: point.consistency,
    diskIds: [...point.diskIds],
  };
}

/** Asks once more what the plan took for the same: it was made while the host did not answer. */
async function requireSameName(operation: Operation, state: PointState, inputs: PointInputs): Promise<void> {
  const { replaces } = diffPoint(state, inputs, { host: true, machine: false });
  if (!replaces.includes("virtualMachine") || (await isMachineNamedAnew(operation, state, inputs.virtualMachine))) return;
  const reason = "virtualMachine names another machine than the point is of; the host did not answer when this was planned";
  throw new ExportError("changed-since-plan", { step: "update the reference point", subject: state.referencePointId ?? "", reason });
}

function isMachineAbsent(error: ExportError): boolean {
  return error.code === "virtual-machine-not-found" || (isHostError(error.cause) && error.cause.kind === "notFound");
}

/** "took over the point that is there: Microsoft:…, application-consistent": what stays on the row. */
function outcome(deeds: readonly string[], { referencePointId, madeConsistency }: PointState): string {
  const done = [...new Set(deeds)].join(", ");
  const made = referencePointId && `${referencePointId}, ${madeConsistency}-consistent`;
  return [done, made].filter(Boolean).join(": ");
}
