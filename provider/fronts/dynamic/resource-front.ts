import type * as pulumi from "@pulumi/pulumi";
import { redact, secretFinder, secretTexts } from "../../domain/errors/redaction";
import { type Checked, type Stored, Unfinished, type Voice } from "../../lifecycle/door";
import { EngineError, messageOf } from "./engine-error";
import { ResourceLog } from "./engine-log";
import type { Kept } from "./kept/kept";
import type { KeepableState, KeptProperties } from "./kept/kept-properties";
import { markedSecrets } from "./kept/marked-secrets";

type Properties = Record<string, unknown>;

/** What a resource's door in lifecycle/ offers. Its errors are for a person; {@link Unfinished} where a state must be kept. */
export interface Door<Inputs, State> {
  /** @param before the arguments that the engine has kept of the resource; none of a new one */
  check(raw: Kept, before: Kept): Checked;
  diff(stored: Stored, inputs: Inputs, voice: Voice): Promise<Difference>;
  create(inputs: Inputs, voice: Voice): Promise<State>;
  read(stored: Stored, voice: Voice): Promise<State | undefined>;
  update(stored: Stored, inputs: Inputs, voice: Voice): Promise<State>;
  delete(stored: Stored, voice: Voice): Promise<void>;
}

export interface Difference {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** What a front has to know of a resource. */
export interface Resource<Inputs, State extends KeepableState> {
  readonly door: Door<Inputs, State>;
  readonly kept: KeptProperties<State>;
  /** The arguments with their defaults. */
  readonly declared: (given: Kept) => Inputs;
  readonly idOf: (state: State) => string;
  /** What becomes of a create or an update that a second Ctrl-C ends. */
  readonly whenStopped: string;
}

/** What the engine calls for a resource: translates between the engine's properties and the lifecycle. */
export function resourceFront<Inputs, State extends KeepableState>({
  door,
  kept: form,
  declared,
  idOf,
  whenStopped,
}: Resource<Inputs, State>): pulumi.dynamic.ResourceProvider<Kept, Kept> & Required<DynamicProvider> {
  /** What the engine is to keep of a state, with copies of secret arguments marked. */
  const keeper =
    ({ mark }: Speech, given: Kept) =>
    (state: State) =>
      mark(form.keptState(state, given));

  return {
    async check(olds, news) {
      const { inputs, failures } = door.check(form.knownArguments(news, olds ?? {}), form.knownArguments(olds ?? {}));
      const shown = form.keptArguments(inputs, olds ?? {});
      // With a property's name the engine would print its value, also a secret one.
      return { inputs: shown, failures: failures.map(({ error }) => ({ property: "", reason: error.message })) };
    },

    async diff(id, olds, news) {
      const given = form.knownArguments(news);
      return guarded(given, "nothing has changed", async ({ log }) => {
        const difference = await door.diff({ id, properties: form.knownState(id, olds) }, declared(given), log);
        return { ...difference, replaces: [...difference.replaces] };
      });
    },

    async create(news) {
      const given = form.knownArguments(news);
      return guarded(given, whenStopped, async (say) => {
        const kept = keeper(say, given);
        try {
          const state = await door.create(declared(given), say.log);
          return { id: idOf(state), outs: kept(state) };
        } catch (error) {
          if (!(error instanceof Unfinished)) throw error;
          const state = error.state as State;
          const outs = kept({ ...state, problems: state.problems.map(say.redact) });
          const message = messageOf(error.reason, say.redact);
          throw partial(message, idOf(state), { ...outs, __provider: news.__provider });
        }
      });
    },

    async read(id, properties = {}) {
      const known = form.knownState(id, properties);
      return guarded(known, "the next refresh looks again", async (say) => {
        const state = await door.read({ id, properties: known }, say.log);
        if (state === undefined) return { id: "" };
        const props = keeper(say, known)(state);
        return { id, props, inputs: say.mark(form.foundArguments(props, properties, state)) };
      });
    },

    async update(id, olds, news) {
      const given = form.knownArguments(news);
      return guarded(given, whenStopped, async (say) => {
        const state = await door.update({ id, properties: form.knownState(id, olds) }, declared(given), say.log);
        return { outs: keeper(say, given)(state) };
      });
    },

    async delete(id, properties) {
      const known = form.knownState(id, properties);
      return guarded(known, "the next run goes on", ({ log }) => door.delete({ id, properties: known }, log));
    },
  };
}

type DynamicProvider = Pick<pulumi.dynamic.ResourceProvider<Kept, Kept>, "check" | "diff" | "read" | "update" | "delete">;

interface Speech {
  readonly log: ResourceLog;
  readonly redact: (text: string) => string;
  readonly mark: (kept: Kept) => Properties;
}

/** Whatever fails inside reaches the engine as one message for a person, without secrets. */
async function guarded<T>(properties: Properties, whenStopped: string, work: (say: Speech) => Promise<T>): Promise<T> {
  const names = Array.isArray(properties.secretInputs) ? properties.secretInputs.map(String) : [];
  const secrets = secretTexts(properties, names);
  const hide = (text: string) => redact(text, secrets);
  const urn = typeof properties.createUrn === "string" ? properties.createUrn : "";
  const log = new ResourceLog(urn, hide, whenStopped);
  const isSecret = secretFinder(properties, names);
  try {
    return await work({ log, redact: hide, mark: (kept) => withMarkedCopies(kept, isSecret) });
  } catch (error) {
    throw error instanceof EngineError ? error : new EngineError(messageOf(error instanceof Unfinished ? error.reason : error, hide));
  } finally {
    await log.delivered();
  }
}

/** What can hold a copy of a secret argument. Of the arguments themselves the engine knows it. */
const copies: ReadonlySet<string> = new Set(["result", "__lastLook", "problems"]);

function withMarkedCopies(kept: Kept, isSecret: (text: string) => boolean): Properties {
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, copies.has(name) ? markedSecrets(value, isSecret) : value]));
}

/** The engine keeps an error's properties as a resource that exists and is not finished; only `reasons` is shown. */
function partial(message: string, id: string, properties: Properties): EngineError {
  return Object.assign(new EngineError(message), { id, properties, reasons: [message] });
}
