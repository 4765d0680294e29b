import type { HostView } from "./classes/host";
import { declaredArguments, inferredArguments } from "./methods/arguments";
import { callMethod } from "./methods/methods";
import type { Moods } from "./moods";
import { compiled } from "./query/match";
import { parseSelect, type Select } from "./query/parse";
import { Repository } from "./repository";
import type { Schema, WmiClass } from "./schema";
import { type Instance, isReference, type Reference, sameReference } from "./values";
import { type Answer, grouped } from "./wire/answer";
import type { Request, Target } from "./wire/request";
import { ClientError, WmiError } from "./wmi-error";

export interface Outcome {
  readonly answer: Answer;
  /** How many rows, or which code a method returned, and why. */
  readonly rows?: number;
  readonly returnValue?: number;
  readonly why?: string;
}

/** What WMI does with a request, given one look at the lab. */
export class Operations {
  private readonly repository: Repository;

  constructor(
    private readonly schema: Schema,
    moods: Moods,
  ) {
    this.repository = new Repository(schema, moods);
  }

  async run(view: HostView, request: Request): Promise<Outcome> {
    switch (request.operation) {
      case "enumerate":
        return this.enumerate(view, request);
      case "query":
        requireWql(request.dialect);
        return this.select(view, request.namespace, request.query, { keyOnly: false, shallow: false });
      case "get":
        return this.get(view, request.instance);
      case "associated":
        return this.associated(view, request);
      case "invoke":
        return this.invoke(view, request);
      case "class": {
        const namespace = this.repository.requireNamespace(request.namespace);
        return { answer: { kind: "class", wmiClass: this.repository.requireClass(namespace, request.className), namespace } };
      }
    }
  }

  /** Get-CimInstance -ClassName: with -Filter or -Property the cmdlet makes a query of it. */
  private enumerate(view: HostView, request: Extract<Request, { operation: "enumerate" }>): Outcome {
    requireWql(request.dialect);
    const { namespace, className, filter, properties, keyOnly, shallow } = request;
    const where = filter === undefined ? "" : ` where ${filter}`;
    return this.select(view, namespace, `select ${properties?.join(",") ?? "*"} from ${className}${where}`, { keyOnly, shallow });
  }

  private select(
    view: HostView,
    namespaceText: string,
    query: string,
    options: { readonly keyOnly: boolean; readonly shallow: boolean },
  ): Outcome {
    const namespace = this.repository.requireNamespace(namespaceText);
    if (view.moods.quotaExceeded) throw new WmiError("quotaViolation", "the mood");
    const select = parseSelect(query);
    const wmiClass = this.repository.requireClass(namespace, select.className);
    requireProperties(select, wmiClass);
    const test = select.where && compiled(select.where, wmiClass);
    const all = this.repository.instances(view, namespace, wmiClass, options.shallow);
    const found = test === undefined ? all : all.filter(test);
    const wanted = select.properties?.map((name) => wmiClass.property(name)?.name ?? name);
    return this.instances(found, namespace, (of) => (options.keyOnly ? of.keys : (wanted ?? names(of))));
  }

  private get(view: HostView, target: Target): Outcome {
    const namespace = this.repository.requireNamespace(target.namespace);
    const found = this.repository.require(view, this.referenceOf(target, namespace));
    return this.instances([found], namespace, names);
  }

  private associated(view: HostView, request: Extract<Request, { operation: "associated" }>): Outcome {
    const namespace = this.repository.requireNamespace(request.namespace);
    const start = this.referenceOf(request.instance, namespace);
    const result = request.resultClass === "" ? undefined : this.repository.requireClass(namespace, request.resultClass);
    const associations = request.association === "" ? undefined : this.repository.requireClass(namespace, request.association);
    if (associations !== undefined && !associations.association)
      throw new WmiError("invalidClass", `${associations.name} is no association`);
    this.repository.require(view, start);
    const links = this.schema
      .classes(namespace)
      .filter((one) => one.association && !one.abstract && (associations === undefined || one.isA(associations.name)));
    const ends = links.flatMap((link) => this.repository.instances(view, namespace, link, true)).flatMap((link) => otherEnds(link, start));
    const found = ends.flatMap((end) => {
      if (result !== undefined && !this.repository.requireClass(namespace, end.className).isA(result.name)) return [];
      return this.existing(view, end);
    });
    return this.instances(found, namespace, (of) => (request.keyOnly ? of.keys : names(of)));
  }

  private existing(view: HostView, reference: Reference): Instance[] {
    try {
      return [this.repository.require(view, reference)];
    } catch (error) {
      if (error instanceof WmiError && error.kind === "notFound") return [];
      throw error;
    }
  }

  private async invoke(view: HostView, request: Extract<Request, { operation: "invoke" }>): Promise<Outcome> {
    const namespace = this.repository.requireNamespace(request.instance?.namespace || request.namespace);
    const wmiClass = this.repository.requireClass(namespace, request.instance?.className ?? request.className);
    const method = wmiClass.method(request.method);
    if (method === undefined) throw new WmiError("invalidMethod", `${wmiClass.name} has no method ${request.method}`);
    if (request.instance === undefined) {
      inferredArguments(this.schema, method, request.arguments);
      throw new WmiError("invalidMethodParameters", `${method.name} is not static: it is called on an instance`);
    }
    const args = declaredArguments(this.schema, method, request.arguments);
    const instance = this.repository.require(view, this.referenceOf(request.instance, namespace));
    const missing = method.parameters.find(
      (one) => one.direction === "in" && !one.optional && one.type !== "datetime" && args[one.name] === undefined,
    );
    if (missing !== undefined) throw new WmiError("invalidParameter", `${method.name} needs ${missing.name}`);
    const result = await callMethod(view, this.schema, wmiClass, instance, method.name, args);
    if (!method.returns(result.returnValue)) {
      throw new Error(`The stand-in returns ${result.returnValue} from ${wmiClass.name}.${method.name}, which is not in the schema.`);
    }
    const { returnValue, out, why } = result;
    return {
      answer: { kind: "result", className: wmiClass.name, method, returnValue, out },
      returnValue,
      ...(why === undefined ? {} : { why }),
    };
  }

  private referenceOf(target: Target, namespace: string): Reference {
    const wmiClass = this.repository.requireClass(namespace, target.className);
    const keys = Object.fromEntries(Object.entries(target.keys).map(([name, one]) => [name, String(one.value)]));
    const missing = wmiClass.keys.find((key) => keys[key] === undefined);
    if (missing !== undefined) throw new ClientError("CimException", `The instance has no value for its key ${missing}.`, 12);
    return { namespace, className: wmiClass.name, keys };
  }

  private instances(found: readonly Instance[], namespace: string, properties: (of: WmiClass) => readonly string[]): Outcome {
    const groups = grouped(found, namespace, (name) => this.repository.requireClass(namespace, name), properties);
    return { answer: { kind: "instances", groups }, rows: found.length };
  }
}

function requireProperties({ properties }: Select, wmiClass: WmiClass): void {
  const unknown = properties?.find((name) => wmiClass.property(name) === undefined);
  if (unknown !== undefined) throw new WmiError("invalidQuery", `${wmiClass.name} has no property ${unknown}`);
}

function requireWql(dialect: string | undefined): void {
  if (dialect !== undefined && dialect.toUpperCase() !== "WQL") throw new WmiError("invalidQueryType", `the dialect ${dialect}`);
}

function names(of: WmiClass): readonly string[] {
  return of.properties.map((one) => one.name);
}

function otherEnds(link: Instance, start: Reference): Reference[] {
  const ends = Object.values(link.row).filter((value) => isReference(value));
  return ends.some((end) => sameReference(end, start)) ? ends.filter((end) => !sameReference(end, start)) : [];
}
