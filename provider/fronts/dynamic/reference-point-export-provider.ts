import { randomUUID } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { ExportError } from "../../domain/errors/export-error";
import { redact, secretTexts } from "../../domain/errors/redaction";
import { pathRules } from "../../domain/paths/path-rules";
import { asGiven, declaredInputs } from "../../domain/reference-point-export/declared-inputs";
import { hostName } from "../../domain/reference-point-export/host-input";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { type ExportInputs, exportProperties } from "../../domain/reference-point-export/properties";
import { parseStoredState } from "../../domain/reference-point-export/stored-state";
import { formatBytes } from "../../domain/values/byte-size";
import { parseDuration } from "../../domain/values/duration";
import { containsUnknown } from "../../domain/values/unknown-value";
import { checkArguments } from "../../lifecycle/operations/check";
import { createExport } from "../../lifecycle/operations/create";
import { deleteExport } from "../../lifecycle/operations/delete";
import { diffExport } from "../../lifecycle/operations/diff";
import { readExport } from "../../lifecycle/operations/read";
import { refuseReplacement } from "../../lifecycle/operations/refuse-replacement";
import { UnfinishedExport } from "../../lifecycle/operations/unfinished-export";
import { updateExport } from "../../lifecycle/operations/update";
import { systemClock } from "../../lifecycle/session/clock";
import { Operation } from "../../lifecycle/session/operation";
import { EngineError, messageOf } from "./engine-error";
import { ResourceLog } from "./engine-log";
import { type OpenHost, openHost, pathStyleOf } from "./open-hosts";

type Properties = Record<string, unknown>;

/** A refresh has no argument of its own; content verification of a large export takes hours. */
const READ_LIMIT = "24h";

/** What the engine calls for a ReferencePointExport: translates between the engine's properties and the lifecycle. */
export const referencePointExport = {
  async check(_olds: Properties, news: Properties): Promise<pulumi.dynamic.CheckResult> {
    const { inputs, failures } = checkArguments(news, pathStyleOf);
    // With a property's name the engine would print its value, also a secret one.
    return { inputs, failures: failures.map((reason) => ({ property: "", reason })) };
  },

  async diff(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.DiffResult> {
    return guarded(news, async (say) => {
      const inputs = declaredInputs(news);
      const state = stored(id, olds);
      const difference = diffExport(state, inputs, pathStyleOf(inputs.host) ?? "posix");
      if (difference.deleteBeforeReplace && !containsUnknown(inputs)) {
        const deleting = begin(state, state.timeouts.delete, "timeouts.delete", say);
        const creating = begin(inputs, inputs.timeouts.create, "timeouts.create", say);
        await refuseReplacement(deleting.operation, creating.operation, state, inputs);
      }
      return { ...difference, replaces: [...difference.replaces] };
    });
  },

  async create(news: Properties): Promise<pulumi.dynamic.CreateResult> {
    return guarded(news, async (say) => {
      const inputs = declaredInputs(news);
      const { operation, queue } = beginChange(inputs, inputs.timeouts.create, "timeouts.create", say);
      try {
        const state = await createExport(operation, queue, inputs, randomUUID());
        say.log.conclude(inShort(state));
        return { id: state.exportId, outs: asGiven(state, news) };
      } catch (error) {
        if (!(error instanceof UnfinishedExport)) throw error;
        throw partial(error, news, say.redact);
      }
    });
  },

  async read(id: string, properties: Properties = {}): Promise<pulumi.dynamic.ReadResult> {
    return guarded(properties, async (say) => {
      const state = located(id, properties);
      const { operation, refreshSurvey } = begin(state, READ_LIMIT, "the limit of a refresh", say);
      const now = await readExport(operation, refreshSurvey, state);
      if (now === undefined && properties.exportId === undefined) throw notFound(id, state);
      return now === undefined ? { id: "" } : { id, props: asGiven(now, properties), inputs: inputsOf(asGiven(now, properties)) };
    });
  },

  async update(id: string, olds: Properties, news: Properties): Promise<pulumi.dynamic.UpdateResult> {
    return guarded(news, async (say) => {
      const inputs = declaredInputs(news);
      const { operation, queue } = beginChange(inputs, inputs.timeouts.create, "timeouts.create", say);
      const state = await updateExport(operation, queue, stored(id, olds), inputs);
      say.log.conclude(inShort(state));
      return { outs: asGiven(state, news) };
    });
  },

  async delete(id: string, properties: Properties): Promise<void> {
    return guarded(properties, async (say) => {
      const state = located(id, properties);
      const { operation } = beginChange(state, state.timeouts.delete, "timeouts.delete", say);
      await deleteExport(operation, state);
    });
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

function beginChange(...beginning: Parameters<typeof begin>): ReturnType<typeof begin> {
  const begun = begin(...beginning);
  begun.refreshSurvey.forget();
  return begun;
}

function begin(
  inputs: ExportInputs,
  limit: string,
  limitName: string,
  { log }: Speech,
): Pick<OpenHost, "queue" | "refreshSurvey"> & { readonly operation: Operation } {
  const { shared, queue, refreshSurvey } = openHost(inputs.host);
  const parsed = parseDuration(limit);
  const surroundings = {
    host: shared,
    hostName: hostName(inputs.host),
    clock: systemClock,
    progress: (text: string) => log.progress(text),
    warn: (text: string) => log.warn(text),
    newExportId: () => randomUUID(),
  };
  return { operation: new Operation(surroundings, parsed.ok ? parsed.value : 0, limitName), queue, refreshSurvey };
}

function stored(id: string, properties: Properties): ExportState {
  const parsed = parseStoredState(id, properties);
  if (parsed.ok) return parsed.value;
  throw new ExportError("unusable-state", { step: "read the stored state", subject: id, reason: parsed.reason });
}

/**
 * The stored state, if its directory is one that an export can have: neither the arguments of a look-up nor a state that was edited
 * have gone through check, and a slip there must not list, or delete from, a whole volume.
 */
function located(id: string, properties: Properties): ExportState {
  const state = stored(id, properties);
  const [problem] = pathRules(pathStyleOf(state.host) ?? "posix").check(state.exportDirectory);
  if (problem === undefined) return state;
  const code = properties.exportId === undefined ? "invalid-arguments" : "unusable-state";
  throw new ExportError(code, { step: "look up the export", subject: "exportDirectory", reason: problem });
}

/** Of a look-up: the engine takes an empty id for success there, and goes on with outputs that are all undefined. */
function notFound(id: string, { exportDirectory }: ExportState): ExportError {
  return new ExportError("export-not-found", { step: "look up the export", subject: exportDirectory, reason: `it holds no export ${id}` });
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
