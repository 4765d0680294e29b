import type * as pulumi from "@pulumi/pulumi";
import { redact, secretTexts } from "../../domain/errors/redaction";
import { asGiven, declaredInputs } from "../../domain/reference-point-export/declared-inputs";
import { exportProperties } from "../../domain/reference-point-export/properties";
import { Exports, UnfinishedExport } from "../../lifecycle/exports";
import { EngineError, messageOf } from "./engine-error";
import { ResourceLog } from "./engine-log";
import { openHosts } from "./open-hosts";

type Properties = Record<string, unknown>;

const lifecycle = new Exports(openHosts);

/** What the engine calls for a ReferencePointExport: translates between the engine's properties and the lifecycle. */
export const referencePointExport = {
  async check(_olds: Properties, news: Properties): Promise<pulumi.dynamic.CheckResult> {
    const { inputs, failures } = lifecycle.check(news);
    // With a property's name the engine would print its value, also a secret one.
    return { inputs, failures: failures.map(({ error }) => ({ property: "", reason: error.message })) };
  },

  async diff(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return guarded(news, "nothing has changed", async ({ log }) => {
      const difference = await lifecycle.diff({ id, properties: olds }, declaredInputs(news), log);
      return { ...difference, replaces: [...difference.replaces] };
    });
  },

  async create(news: Properties): Promise<pulumi.dynamic.CreateResult> {
    return guarded(news, JOB_GOES_ON, async ({ log, redact }) => {
      try {
        const state = await lifecycle.create(declaredInputs(news), log);
        return { id: state.exportId, outs: asGiven(state, news) };
      } catch (error) {
        if (!(error instanceof UnfinishedExport)) throw error;
        throw partial(error, news, redact);
      }
    });
  },

  async read(id: string, properties: Properties = {}): Promise<pulumi.dynamic.ReadResult> {
    return guarded(properties, "the next refresh looks again", async ({ log }) => {
      const state = await lifecycle.read({ id, properties }, log);
      if (state === undefined) return { id: "" };
      const props = asGiven(state, properties);
      return { id, props, inputs: inputsOf(props) };
    });
  },

  async update(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    return guarded(news, JOB_GOES_ON, async ({ log }) => {
      const state = await lifecycle.update({ id, properties: olds }, declaredInputs(news), log);
      return { outs: asGiven(state, news) };
    });
  },

  async delete(id: string, properties: Properties): Promise<void> {
    return guarded(properties, "the next run goes on", ({ log }) => lifecycle.delete({ id, properties }, log));
  },
} satisfies pulumi.dynamic.ResourceProvider;

const JOB_GOES_ON = "its job goes on, and the next up adopts it";

interface Speech {
  readonly log: ResourceLog;
  readonly redact: (text: string) => string;
}

/** Whatever fails inside reaches the engine as one message for a person, without secrets. */
async function guarded<T>(properties: Properties, whenStopped: string, work: (say: Speech) => Promise<T>): Promise<T> {
  const names = Array.isArray(properties.secretInputs) ? properties.secretInputs.map(String) : [];
  const secrets = secretTexts(properties, names);
  const hide = (text: string) => redact(text, secrets);
  const urn = typeof properties.createUrn === "string" ? properties.createUrn : "";
  const log = new ResourceLog(urn, hide, whenStopped);
  try {
    return await work({ log, redact: hide });
  } catch (error) {
    throw error instanceof EngineError ? error : new EngineError(messageOf(error instanceof UnfinishedExport ? error.reason : error, hide));
  } finally {
    await log.delivered();
  }
}

/** The arguments, with what was found of status and problems: a preview compares these with what is declared. */
function inputsOf(state: Properties): Properties {
  return Object.fromEntries(Object.entries(state).filter(([name]) => Object.hasOwn(exportProperties, name)));
}

/** The engine keeps an error's properties as a resource that exists and is not finished; only `reasons` is shown. */
function partial(error: UnfinishedExport, news: Properties, hide: (text: string) => string): EngineError {
  const message = messageOf(error.reason, hide);
  const properties = { ...asGiven(error.state, news), problems: error.state.problems.map(hide), __provider: news.__provider };
  return Object.assign(new EngineError(message), { id: error.state.exportId, properties, reasons: [message] });
}
