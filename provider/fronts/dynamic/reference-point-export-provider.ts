import type * as pulumi from "@pulumi/pulumi";
import { redact, secretFinder, secretTexts } from "../../domain/errors/redaction";
import { declaredInputs } from "../../domain/reference-point-export/declared-inputs";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { Exports, UnfinishedExport } from "../../lifecycle/exports";
import { EngineError, messageOf } from "./engine-error";
import { ResourceLog } from "./engine-log";
import type { Kept } from "./kept";
import { foundArguments, keptArguments, keptState, knownArguments, knownState } from "./kept-properties";
import { markedSecrets } from "./marked-secrets";
import { processHosts } from "./process-hosts";

type Properties = Record<string, unknown>;

const lifecycle = new Exports(processHosts);

/** What the engine calls for a ReferencePointExport: translates between the engine's properties and the lifecycle. */
export const referencePointExport = {
  async check(olds: Kept, news: Kept): Promise<pulumi.dynamic.CheckResult> {
    const { inputs, failures } = lifecycle.check(knownArguments(news));
    // With a property's name the engine would print its value, also a secret one.
    return { inputs: keptArguments(inputs, olds ?? {}), failures: failures.map(({ error }) => ({ property: "", reason: error.message })) };
  },

  async diff(id: string, olds: Kept, news: Kept): Promise<pulumi.dynamic.DiffResult> {
    const given = knownArguments(news);
    return guarded(given, "nothing has changed", async ({ log }) => {
      const difference = await lifecycle.diff({ id, properties: knownState(id, olds) }, declaredInputs(given), log);
      return { ...difference, replaces: [...difference.replaces] };
    });
  },

  async create(news: Kept): Promise<pulumi.dynamic.CreateResult> {
    const given = knownArguments(news);
    return guarded(given, JOB_GOES_ON, async ({ log, redact, kept }) => {
      try {
        const state = await lifecycle.create(declaredInputs(given), log);
        return { id: state.exportId, outs: kept(state) };
      } catch (error) {
        if (!(error instanceof UnfinishedExport)) throw error;
        const outs = kept({ ...error.state, problems: error.state.problems.map(redact) });
        throw partial(error, { ...outs, __provider: news.__provider }, redact);
      }
    });
  },

  async read(id: string, properties: Kept = {}): Promise<pulumi.dynamic.ReadResult> {
    const known = knownState(id, properties);
    return guarded(known, "the next refresh looks again", async ({ log, kept, mark }) => {
      const state = await lifecycle.read({ id, properties: known }, log);
      if (state === undefined) return { id: "" };
      const props = kept(state);
      return { id, props, inputs: mark(foundArguments(props, properties, state)) };
    });
  },

  async update(id: string, olds: Kept, news: Kept): Promise<pulumi.dynamic.UpdateResult> {
    const given = knownArguments(news);
    return guarded(given, JOB_GOES_ON, async ({ log, kept }) => {
      const state = await lifecycle.update({ id, properties: knownState(id, olds) }, declaredInputs(given), log);
      return { outs: kept(state) };
    });
  },

  async delete(id: string, properties: Kept): Promise<void> {
    const known = knownState(id, properties);
    return guarded(known, "the next run goes on", ({ log }) => lifecycle.delete({ id, properties: known }, log));
  },
} satisfies pulumi.dynamic.ResourceProvider;

const JOB_GOES_ON = "its job goes on, and the next up adopts it";

interface Speech {
  readonly log: ResourceLog;
  readonly redact: (text: string) => string;
  /** What the engine is to keep of a state, with copies of secret arguments marked. */
  readonly kept: (state: ExportState) => Properties;
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
  const mark = (kept: Kept) => withMarkedCopies(kept, isSecret);
  try {
    return await work({ log, redact: hide, mark, kept: (state) => mark(keptState(state, properties)) });
  } catch (error) {
    throw error instanceof EngineError ? error : new EngineError(messageOf(error instanceof UnfinishedExport ? error.reason : error, hide));
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
function partial(error: UnfinishedExport, properties: Properties, hide: (text: string) => string): EngineError {
  const message = messageOf(error.reason, hide);
  return Object.assign(new EngineError(message), { id: error.state.exportId, properties, reasons: [message] });
}
