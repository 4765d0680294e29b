import { randomUUID } from "node:crypto";
import { ExportError } from "../domain/errors/export-error";
import { generationOfLine } from "../domain/export-chain/generation/generation-line";
import type { ChainState } from "../domain/export-chain/outputs";
import type { ChainInputs } from "../domain/export-chain/properties";
import { parseStoredChain } from "../domain/export-chain/stored-state";
import { type HostInput, sameMachineByName } from "../domain/hosts/host-input";
import { pathRules } from "../domain/paths/path-rules";
import { formatBytes } from "../domain/values/byte-size";
import { containsUnknown } from "../domain/values/unknown-value";
import { checkChain } from "./chain/check-chain";
import { createChain } from "./chain/create-chain";
import { DeclaredChains } from "./chain/declared-chains";
import { deleteChain } from "./chain/delete-chain";
import { type ChainDifference, type ChainNamedAnew, diffChain, refuseChainReplacement } from "./chain/diff-chain";
import { type ChainForecast, type ChainKnown, forecastChain } from "./chain/forecast-chain";
import { lookUpChain, readChain } from "./chain/read-chain";
import { isMovedTo } from "./chain/record/moved-chain";
import { updateChain } from "./chain/update-chain";
import { requireSameMachine } from "./directory/look";
import {
  type Begun,
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
import { systemClock } from "./session/clock";
import type { LimitName } from "./session/operation";
import { isSameMachine } from "./session/same-machine";
import { isMachineNamedAnew } from "./target/named-anew";

export type { ChainForecast, Told } from "./chain/forecast-chain";

/** A refresh has no argument of its own; content verification of a long chain takes hours. */
const READ_LIMIT = "24h";

/** The door of lifecycle/ for chains. */
export class Chains {
  private readonly declared: DeclaredChains;

  /** @param directoryName what programs call the directory */
  constructor(
    private readonly hosts: Hosts,
    private readonly directoryName = "directory",
  ) {
    this.declared = new DeclaredChains(hosts.pathStyleOf);
  }

  /** @param before the arguments that the engine has kept of the resource */
  check(raw: Readonly<Record<string, unknown>>, before: Readonly<Record<string, unknown>> = {}): Checked {
    this.declare(raw, before);
    return checkChain(raw, this.hosts.pathStyleOf);
  }

  /** What the program declares, for the deletes that follow. */
  declare(raw: Readonly<Record<string, unknown>>, before: Readonly<Record<string, unknown>>): void {
    this.declared.add(raw, before);
  }

  /**
   * What an up would do. Asks the hosts in three cases: a host that is reached in another way may be the same machine, another name may be
   * of the same virtual machine, and the chain may have moved to another directory. A generation is due by the state and the clock alone.
   */
  async diff(stored: Stored, inputs: ChainInputs, voice: Voice): Promise<ChainDifference & { readonly deleteBeforeReplace: boolean }> {
    const state = this.stateOf(stored);
    const style = this.hosts.pathStyleOf(inputs.host) ?? "posix";
    const held = () => beginPlan(this.hosts, state.host, voice);
    const declared = () => beginPlan(this.hosts, inputs.host, voice);
    const now = new Date(systemClock.date());
    const isSameHost = await isSameMachine(held, declared, state, inputs);
    const byText = diffChain(state, inputs, style, { isSameHost, isSameMachine: false, isMoved: false }, now);
    const mayBeSame = (name: "virtualMachine" | "directory") => isSameHost && byText.replaces.includes(name);
    const anew: ChainNamedAnew = {
      isSameHost,
      isSameMachine: mayBeSame("virtualMachine") && (await this.isNamedAnew(declared, state, inputs)),
      isMoved: mayBeSame("directory") && (await isMovedTo(held(), declared(), state, inputs.directory)),
    };
    const difference = diffChain(state, inputs, style, anew, now);
    refuseChainReplacement(state, inputs, style, difference.replaces, this.directoryName);
    return { ...difference, deleteBeforeReplace: false };
  }

  /**
   * What an up would come to, for a preview: the host is asked, and nothing is changed. Never fails.
   *
   * @param known how the stack knows the chain
   */
  forecast(inputs: ChainInputs, voice: Voice, known: ChainKnown): Promise<ChainForecast> {
    return forecastChain(beginPlan(this.hosts, inputs.host, voice, 1).surroundings, inputs, FORECAST_LIMITS, known);
  }

  async create(inputs: ChainInputs, voice: Voice): Promise<ChainState> {
    const { operation, session, deeds } = this.beginChange(inputs, inputs.timeouts.create, "timeouts.create", voice);
    await operation.ask("reach the host", operation.surroundings.hostName, () => operation.host.prepare());
    const state = await onItsMachine(operation, createChain(operation, session.queue, inputs, randomUUID()));
    voice.conclude(outcome(deeds, state));
    return state;
  }

  /** The state as it is now; undefined where the chain is positively gone. */
  async read(stored: Stored, voice: Voice): Promise<ChainState | undefined> {
    return knownToEngine(stored, isLookUp(stored), async () => {
      const state = this.locatedState(stored);
      const { operation, session } = begin(this.hosts, state.host, READ_LIMIT, "the limit of a refresh", voice);
      const now = await (isLookUp(stored) ? lookUpChain(operation, state) : readChain(operation, session.queue, state));
      if (now === undefined) voice.warn(goneForGood(state));
      voice.concludeIfShown(now === undefined ? "gone" : outcome([now.status], now));
      return now && onItsMachine(operation, Promise.resolve(now));
    });
  }

  async update(stored: Stored, inputs: ChainInputs, voice: Voice): Promise<ChainState> {
    return knownToEngine(stored, isLookUp(stored), async () => {
      const { operation, session, deeds } = this.beginChange(inputs, inputs.timeouts.create, "timeouts.create", voice);
      const state = this.stateOf(stored);
      const isReachedAnew = sameMachineByName(state.host, inputs.host) === "unknown";
      if (isReachedAnew) await this.requireSameHost(operation, state, voice);
      const now = await onItsMachine(operation, updateChain(operation, session.queue, state, inputs));
      voice.conclude(outcome(deeds, now));
      return now;
    });
  }

  async delete(stored: Stored, voice: Voice): Promise<void> {
    return knownToEngine(stored, isLookUp(stored), async () => {
      const state = this.locatedState(stored);
      const { operation, session, deeds } = this.beginChange(state, state.timeouts.delete, "timeouts.delete", voice);
      await deleteChain(operation, session.queue, state, this.declared.goesOn(state));
      voice.conclude(deeds.join(", "));
    });
  }

  /** A host that does not answer is believed, with a warning: the update looks for the machine again before it changes anything. */
  private async isNamedAnew(declared: () => Begun["operation"], state: ChainState, { virtualMachine }: ChainInputs): Promise<boolean> {
    if (containsUnknown(virtualMachine)) return true;
    try {
      const { virtualMachineId } = state;
      return await isMachineNamedAnew(declared(), virtualMachineId === undefined ? {} : { virtualMachineId }, virtualMachine);
    } catch (error) {
      declared().warn(`${(error as Error).message}\nUntil the host answers, virtualMachine is taken to mean the same.`);
      return true;
    }
  }

  private async requireSameHost(operation: Begun["operation"], state: ChainState, voice: Voice): Promise<void> {
    const hostMachineId = state.hostMachineId ?? (await this.begin(state, state.timeouts.create, voice).operation.machineId());
    await requireSameMachine(operation, { exportDirectory: state.directory, ...(hostMachineId !== undefined && { hostMachineId }) });
  }

  private beginChange({ host }: Pick<ChainInputs, "host">, limit: string, limitName: LimitName, voice: Voice): Begun {
    return beginChange(this.hosts, host, limit, limitName, voice);
  }

  private begin({ host }: { readonly host: HostInput }, limit: string, voice: Voice): Begun {
    return begin(this.hosts, host, limit, "timeouts.create", voice);
  }

  /**
   * Neither the arguments of a look-up nor a state that was edited have gone through check, and a slip there must not list, or delete
   * from, a whole volume.
   */
  private locatedState(stored: Stored): ChainState {
    const state = this.stateOf(stored);
    const [problem] = pathRules(this.hosts.pathStyleOf(state.host) ?? "posix").check(state.directory);
    if (problem === undefined) return state;
    if (!isLookUp(stored)) throw unusable(stored, `${this.directoryName}: ${problem}`);
    throw new ExportError("invalid-arguments", { step: "look up the chain", subject: state.directory, reason: problem });
  }

  private stateOf(stored: Stored): ChainState {
    const parsed = parseStoredChain(stored.id, stored.properties);
    if (parsed.ok) return parsed.value;
    throw unusable(stored, parsed.reason);
  }
}

/** A look-up (get) has arguments only. */
export function isLookUp({ properties }: Stored): boolean {
  return properties.chainId === undefined;
}

/** Whoever begins the chain anew does not know of its point. */
function goneForGood({ directory, referencePointId, virtualMachineName }: ChainState): string {
  const why = "its directory is not there, and the folder above it is";
  const point =
    referencePointId === undefined
      ? ""
      : ` Its reference point ${referencePointId} of ${virtualMachineName ?? "the machine"} is nobody's then: destroy it on the host, unless the chain has only moved.`;
  return `The chain in ${directory} is gone: ${why}. It leaves the stack's state, and pulumi up begins it anew.${point}`;
}

/** "made 2026-11-28: 14 generations, 70 GiB": what stays on the row of a chain. */
function outcome(deeds: readonly string[], { generations }: ChainState): string {
  const listed = generations.flatMap((line) => generationOfLine(line) ?? []);
  const bytes = listed.reduce((sum, generation) => sum + generation.bytes, 0);
  const there = `${listed.length} generation${listed.length === 1 ? "" : "s"}, ${formatBytes(bytes)}`;
  return [[...new Set(deeds)].join(", "), there].filter(Boolean).join(": ");
}
