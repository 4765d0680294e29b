import * as fs from "node:fs";
import * as path from "node:path";

/** A property or a method's parameter, as the schema declares it. */
export interface Declared {
  readonly name: string;
  /** A CIM type ("uint16", "string", "datetime"), or the class where `ref`. */
  readonly type: string;
  readonly array: boolean;
  readonly ref: boolean;
  readonly embedded: string | undefined;
}

export interface Property extends Declared {
  readonly key: boolean;
  readonly write: boolean;
}

export interface Parameter extends Declared {
  readonly direction: "in" | "out" | "inout";
  readonly optional: boolean;
}

export interface Method {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Whether the class or one that it inherits from declares the code: sources name both families of codes for a job's RequestStateChange. */
  readonly returns: (code: number) => boolean;
}

/** A class with everything that it inherits; names are found in any case, as WMI finds them. */
export interface WmiClass {
  readonly name: string;
  readonly superclass: WmiClass | undefined;
  readonly abstract: boolean;
  readonly association: boolean;
  readonly keys: readonly string[];
  property(name: string): Property | undefined;
  readonly properties: readonly Property[];
  method(name: string): Method | undefined;
  readonly methods: readonly Method[];
  isA(name: string): boolean;
}

interface DeclaredForm {
  readonly name?: string;
  readonly type: string;
  readonly array: boolean;
  readonly ref?: boolean;
  readonly key?: boolean;
  readonly write?: boolean;
  readonly embedded?: string;
  readonly dir?: "in" | "out" | "inout";
  readonly optional?: boolean;
}

interface ClassForm {
  readonly superclass: string | null;
  readonly abstract?: boolean;
  readonly association?: boolean;
  readonly properties: Readonly<Record<string, DeclaredForm>>;
  readonly methods?: Readonly<
    Record<string, { readonly params: readonly DeclaredForm[]; readonly returns: Readonly<Record<string, unknown>> }>
  >;
}

export const virtualization = "root/virtualization/v2";

/** Namespaces with their classes: hyperv-schema.json is root/virtualization/v2, windows-schema.json adds to it and to others. */
export class Schema {
  private readonly namespaces = new Map<string, Map<string, WmiClass>>();

  constructor() {
    const hyperv = readSchema("hyperv-schema.json") as { classes: Record<string, ClassForm> };
    const windows = readSchema("windows-schema.json") as { namespaces: Record<string, Record<string, ClassForm>> };
    for (const [name, classes] of Object.entries(windows.namespaces)) {
      const all = name === virtualization ? { ...hyperv.classes, ...classes } : classes;
      this.namespaces.set(name.toLowerCase(), resolved(all));
    }
  }

  hasNamespace(name: string): boolean {
    return this.namespaces.has(namespaceName(name));
  }

  class(namespace: string, name: string): WmiClass | undefined {
    return this.namespaces.get(namespaceName(namespace))?.get(name.toLowerCase());
  }

  /** The class itself and all that derive from it. */
  family(namespace: string, name: string): WmiClass[] {
    return [...(this.namespaces.get(namespaceName(namespace))?.values() ?? [])].filter((one) => one.isA(name));
  }

  classes(namespace: string): WmiClass[] {
    return [...(this.namespaces.get(namespaceName(namespace))?.values() ?? [])];
  }
}

/** "root/virtualization/v2", from either slash, in any case. */
export function namespaceName(text: string): string {
  return text
    .replaceAll("\\", "/")
    .replace(/^\/+|\/+$/g, "")
    .toLowerCase();
}

function readSchema(name: string): unknown {
  return JSON.parse(fs.readFileSync(path.join(import.meta.dirname, "..", "..", "schema", name), "utf8"));
}

function resolved(forms: Readonly<Record<string, ClassForm>>): Map<string, WmiClass> {
  const made = new Map<string, WmiClass>();
  const make = (name: string): WmiClass => {
    const known = made.get(name.toLowerCase());
    if (known) return known;
    const form = forms[name];
    if (form === undefined) throw new Error(`the schema has no class ${name}`);
    const superclass = form.superclass === null ? undefined : make(form.superclass);
    const properties = new Map(superclass?.properties.map((one) => [one.name.toLowerCase(), one]));
    for (const [propertyName, one] of Object.entries(form.properties)) {
      const key = one.key ?? properties.get(propertyName.toLowerCase())?.key ?? false;
      properties.set(propertyName.toLowerCase(), { ...declared(propertyName, one), key, write: one.write ?? false });
    }
    const methods = new Map(superclass?.methods.map((one) => [one.name.toLowerCase(), one]));
    for (const [methodName, one] of Object.entries(form.methods ?? {})) {
      const inherited = methods.get(methodName.toLowerCase());
      methods.set(methodName.toLowerCase(), {
        name: methodName,
        parameters: one.params.map((parameter) => ({
          ...declared(parameter.name ?? "", parameter),
          direction: parameter.dir ?? "in",
          optional: parameter.optional ?? false,
        })),
        returns: (code) => isDeclared(one.returns, code) || (inherited?.returns(code) ?? false),
      });
    }
    const lineage = new Set([name.toLowerCase()]);
    for (let at = superclass; at; at = at.superclass) lineage.add(at.name.toLowerCase());
    const all = [...properties.values()];
    const exact = new Map(all.map((one) => [one.name, one]));
    const finished: WmiClass = {
      name,
      superclass,
      abstract: form.abstract ?? false,
      association: form.association ?? false,
      keys: all.filter((one) => one.key).map((one) => one.name),
      property: (wanted) => exact.get(wanted) ?? properties.get(wanted.toLowerCase()),
      properties: all,
      method: (wanted) => methods.get(wanted.toLowerCase()),
      methods: [...methods.values()],
      isA: (wanted) => lineage.has(wanted.toLowerCase()),
    };
    made.set(name.toLowerCase(), finished);
    return finished;
  };
  for (const name of Object.keys(forms)) make(name);
  return made;
}

function declared(name: string, form: DeclaredForm): Declared {
  return { name, type: form.type, array: form.array, ref: form.ref ?? false, embedded: form.embedded };
}

/** A code, or one of a range: "32768..65535". */
function isDeclared(returns: Readonly<Record<string, unknown>>, code: number): boolean {
  return Object.keys(returns).some((declared) => {
    const range = /^(\d+)(?:\.\.(\d+))?$/.exec(declared);
    return range !== null && code >= Number(range[1]) && code <= Number(range[2] ?? range[1]);
  });
}
