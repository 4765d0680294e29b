import type { LabState } from "../../../provider/host/simulator/state/lab-state";
import type { HostView } from "./classes/host";
import { jobClasses, lastingClasses, providers } from "./classes/providers";
import type { Moods } from "./moods";
import { namespaceName, type Schema, virtualization, type WmiClass } from "./schema";
import { fits, type Instance, type Reference } from "./values";
import { WmiError } from "./wmi-error";

/** Classes and their instances as this host's account may see them now. */
export class Repository {
  private readonly made = new WeakMap<LabState, Map<string, readonly Instance[]>>();

  constructor(
    private readonly schema: Schema,
    private readonly moods: Moods,
  ) {}

  requireNamespace(name: string): string {
    const wanted = namespaceName(name);
    const missing = this.moods.missingNamespaces.some((one) => namespaceName(one) === wanted);
    const noCluster = wanted === "root/mscluster" && this.moods.clusterOwners === undefined;
    if (missing || noCluster || !this.schema.hasNamespace(wanted)) throw new WmiError("invalidNamespace", `there is no ${name}`);
    if (wanted === virtualization && this.moods.rights === "denied") throw new WmiError("accessDenied", "the mood denies access");
    return wanted === "root/mscluster" ? "root/MSCluster" : wanted;
  }

  requireClass(namespace: string, name: string): WmiClass {
    const found = this.schema.class(namespace, name);
    if (found === undefined || named(this.moods.missingClasses, found))
      throw new WmiError("invalidClass", `there is no ${name} in ${namespace}`);
    return found;
  }

  /** Rows of the class and, unless `shallow`, of those that derive from it. */
  instances(view: HostView, namespace: string, wmiClass: WmiClass, shallow = false): Instance[] {
    const family = shallow ? [wmiClass] : this.schema.family(namespace, wmiClass.name);
    return family.flatMap((one) => {
      if (named(this.moods.missingClasses, one)) return [];
      if (named(this.moods.providersNotLoading, one))
        throw new WmiError("providerLoadFailure", `the provider of ${one.name} does not load`);
      if (namespace === virtualization && !this.visible(one)) return [];
      return this.rows(view, one);
    });
  }

  /** The instance at a path. */
  require(view: HostView, reference: Reference): Instance {
    const wmiClass = this.requireClass(reference.namespace, reference.className);
    const missing = wmiClass.keys.find((key) => keyOf(reference, key) === undefined);
    if (missing !== undefined) throw new WmiError("invalidParameter", `the path has no key ${missing}`);
    const found = this.instances(view, reference.namespace, wmiClass).find(({ row }) =>
      wmiClass.keys.every((key) => String(row[key]).toLowerCase() === keyOf(reference, key)?.toLowerCase()),
    );
    if (found === undefined) throw new WmiError("notFound", `no ${wmiClass.name} with ${JSON.stringify(reference.keys)}`);
    return found;
  }

  /** Made once a state of the lab where nothing else decides them. */
  private rows(view: HostView, wmiClass: WmiClass): readonly Instance[] {
    const make = () => (providers[wmiClass.name]?.(view) ?? []).map((instance) => this.checked(instance, wmiClass));
    if (!lastingClasses.includes(wmiClass.name)) return make();
    const { language, computerName, clusterOwners } = this.moods;
    const key = JSON.stringify([wmiClass.name, language, computerName, clusterOwners]);
    const known = this.made.get(view.state) ?? new Map<string, readonly Instance[]>();
    this.made.set(view.state, known);
    const rows = known.get(key) ?? make();
    known.set(key, rows);
    return rows;
  }

  private visible(wmiClass: WmiClass): boolean {
    if (this.moods.managementService !== "running" || this.moods.rights === "noRows") return false;
    return this.moods.rights !== "noJobs" || !jobClasses.includes(wmiClass.name);
  }

  /** What is played obeys the schema, or the test that asked fails. */
  checked(instance: Instance, wmiClass: WmiClass): Instance {
    for (const [name, value] of Object.entries(instance.row)) {
      const declared = wmiClass.property(name);
      if (declared === undefined || !fits(value, declared)) {
        throw new Error(`The stand-in gives ${wmiClass.name}.${name} = ${JSON.stringify(value)}, which is not in the schema.`);
      }
    }
    return instance;
  }
}

function keyOf(reference: Reference, key: string): string | undefined {
  return Object.entries(reference.keys).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
}

function named(names: readonly string[], wmiClass: WmiClass): boolean {
  return names.some((one) => one.toLowerCase() === wmiClass.name.toLowerCase());
}
