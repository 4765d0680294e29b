import type * as pulumi from "@pulumi/pulumi";
import { redact, secretTexts } from "../../domain/errors/redaction";
import { asGiven, declaredInputs } from "../../domain/reference-point-export/declared-inputs";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { exportProperties } from "../../domain/reference-point-export/properties";
import { formatBytes } from "../../domain/values/byte-size";
import { Exports, UnfinishedExport } from "../../lifecycle/exports";
import { EngineError, messageOf } from "./engine-error";
import { ResourceLog } from "./engine-log";
import { processHosts } from "./process-hosts";

type Properties = Record<string, unknown>;

const lifecycle = new Exports(processHosts);

/** What the engine calls for a ReferencePointExport: translates between the engine's properties and the lifecycle. */
export const referencePointExport = {
  async check(_olds: Properties, news: Properties): Promise<pulumi.dynamic.CheckResult> {
    const { inputs, failures } = lifecycle.check(news);
    // With a property's name the engine would print its value, also a secret one.
    return { inputs, failures: failures.map((reason) => ({ property: "", reason })) };
  },

  async diff(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return guarded(news, async ({ log }) => {
      const difference = await lifecycle.diff({ id, properties: olds }, declaredInputs(news), log);
      return { ...difference, replaces: [...difference.replaces] };
    });
  },

  async create(news: Properties): Promise<pulumi.dynamic.CreateResult> {
    return guarded(news, async ({ log, redact }) => {
      try {
        const state = await lifecycle.create(declaredInputs(news), log);
        log.conclude(inShort(state));
        return { id: state.exportId, outs: asGiven(state, news) };
      } catch (error) {
        if (!(error instanceof UnfinishedExport)) throw error;
        throw partial(error, news, redact);
      }
    });
  },

  async read(id: string, properties: Properties = {}): Promise<pulumi.dynamic.ReadResult> {
    return guarded(properties, async ({ log }) => {
      const state = await lifecycle.read({ id, properties }, log);
      if (state === undefined) return { id: "" };
      const props = asGiven(state, properties);
      return { id, props, inputs: inputsOf(props) };
    });
  },

  async update(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    return guarded(news, async ({ log }) => {
      const state = await lifecycle.update({ id, properties: olds }, declaredInputs(news), log);
      log.conclude(inShort(state));
      return { outs: asGiven(state, news) };
    });
  },

  async delete(id: string, properties: Properties): Promise<void> {
    return guarded(properties, ({ log }) => lifecycle.delete({ id, properties }, log));
  },
} satisfies pulumi.dynamic.ResourceProvider;

/** "full, 7 MiB in 5 files": what stays on the row of a finished export. */
function inShort({ kind, totalBytes = 0, files = [] }: ExportState): string {
  return `${kind}, ${formatBytes(totalBytes)} in ${files.length} files`;
}

interface Speech {
  readonly log: ResourceLog;
  readonly redact: (text: string) => string;
}

/** Whatever fails inside reaches the engine as one message for a person, without secrets. */
async function guarded<T>(properties: Properties, work: (say: Speech) => Promise<T>): Promise<T> {
  const names = Array.isArray(properties.secretInputs) ? properties.secretInputs.map(String) : [];
  const secrets = secretTexts(properties, names);
  const hide = (text: string) => redact(text, secrets);
  const urn = typeof properties.createUrn === "string" ? properties.createUrn : "";
  const log = new ResourceLog(urn, hide);
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
