import type { Property, PropertyTable } from "../../../domain/property-table";
import { ownerText, urnOfOwner } from "../../../domain/records/owner-text";
import type { Kept } from "./kept";

type Known = Readonly<Record<string, unknown>>;

/** What the lifecycle knows of every resource's state, beside its arguments. */
export interface KeepableState {
  readonly createUrn: string;
  readonly status: string;
  readonly problems: readonly string[];
}

/** How a resource's state is kept, where that is its own. */
export interface KeptForm<State extends KeepableState> {
  /** The table of its arguments. */
  readonly properties: PropertyTable;
  /** Its type, which is left out of the owner. */
  readonly type: string;
  /** What the lifecycle calls the resource's id: "exportId". */
  readonly idName: string;
  /** What is kept of a state, without its arguments: what programs are shown, and what only the next look needs. */
  readonly facts: (state: State) => { readonly result: Known; readonly lastLook: Known };
  /** What the lifecycle knows by a stored `result`. */
  readonly known: (result: Known) => Known;
  readonly shown?: Shown;
}

/**
 * A change that no argument makes, such as time: a preview shows only arguments that change, so it is one of them, under a name that is no
 * argument's.
 */
export interface Shown {
  readonly name: string;
  /** Its value for arguments that are checked; undefined where there is nothing to be shown by. */
  readonly checked: (given: Known, before: unknown) => unknown;
  /** Its value after a refresh. */
  readonly found: (kept: Known) => unknown;
}

/** Between what the engine keeps of a resource ({@link Kept}) and what the lifecycle knows. */
export class KeptProperties<State extends KeepableState> {
  constructor(private readonly form: KeptForm<State>) {}

  /**
   * The arguments, as the lifecycle knows them. With ignoreChanges the engine gives those of before, with all that is among them only to be
   * shown.
   *
   * @param before the arguments of before, where they are known
   */
  knownArguments(kept: Kept, before: Kept = {}): Record<string, unknown> {
    const { __owner, __secrets, __formerOwners, ...shown } = kept;
    const isShownOnly = (name: string) =>
      (name === "owner" && shown.owner === __owner) || (name === this.form.shown?.name && shown[name] === before[name]);
    return {
      ...Object.fromEntries(Object.entries(shown).filter(([name]) => !isShownOnly(name))),
      ...(__owner !== undefined && { createUrn: typeof __owner === "string" ? urnOfOwner(__owner, this.form.type) : __owner }),
      ...(__secrets !== undefined && { secretInputs: __secrets }),
      ...(Array.isArray(__formerOwners) && { formerUrns: __formerOwners.map((text) => urnOfOwner(String(text), this.form.type)) }),
    };
  }

  /** The state, as the lifecycle knows it. A look-up has arguments only. */
  knownState(id: string, { result, __lastLook, ...kept }: Kept): Record<string, unknown> {
    if (!isObject(result)) return this.knownArguments(kept);
    return {
      ...this.knownArguments(kept),
      ...(isObject(__lastLook) && __lastLook),
      ...this.form.known(result),
      [this.form.idName]: id,
    };
  }

  /**
   * What check answers with: the arguments as they were given; and what a preview is to show as the change, where it would show none. That
   * is `status` and `problems` after a refresh that has found something, and `owner` after a rename.
   */
  keptArguments(inputs: Known, olds: Kept): Record<string, unknown> {
    const { createUrn, secretInputs, formerUrns, status, problems, ...given } = inputs;
    const isUnwell = olds.status !== undefined && olds.status !== "intact";
    const owner = typeof createUrn === "string" ? ownerText(createUrn, this.form.type) : createUrn;
    const isRenamed = owner !== undefined && olds.__owner !== undefined && owner !== olds.__owner;
    const { shown } = this.form;
    return {
      ...given,
      ...(shown && withoutUndefined({ [shown.name]: shown.checked(given, olds[shown.name]) })),
      ...(owner !== undefined && { __owner: owner }),
      ...(isRenamed && { owner }),
      ...(secretInputs !== undefined && { __secrets: secretInputs }),
      ...(Array.isArray(formerUrns) && { __formerOwners: formerUrns.map((urn) => ownerText(String(urn), this.form.type)) }),
      ...(isUnwell && { status, problems }),
    };
  }

  /** What is stored of a state, with the arguments as they were given: without the table's defaults, which all have alike. */
  keptState(state: State, given: Known): Record<string, unknown> {
    const { result, lastLook } = this.form.facts(state);
    return {
      ...this.argumentsIn(given),
      ...(given.secretInputs !== undefined && { __secrets: given.secretInputs }),
      // A look-up has no URN of its own.
      ...(state.createUrn !== "" && { __owner: ownerText(state.createUrn, this.form.type) }),
      result: withoutUndefined(result),
      ...(Object.keys(withoutUndefined(lastLook)).length > 0 && { __lastLook: withoutUndefined(lastLook) }),
    };
  }

  /**
   * What a refresh stores as arguments: a preview compares these with what is declared, so what was found wrong is among them.
   *
   * @param before what was stored until then
   */
  foundArguments(kept: Kept, before: Kept, { status, problems }: KeepableState): Record<string, unknown> {
    const { result: _, __lastLook, ...given } = kept;
    const { shown } = this.form;
    return {
      ...given,
      ...(shown && withoutUndefined({ [shown.name]: shown.found(kept) })),
      ...(kept.__owner !== before.__owner && { owner: kept.__owner }),
      ...(status !== "intact" && { status, problems }),
    };
  }

  private argumentsIn(given: Known): Record<string, unknown> {
    const { properties } = this.form;
    const isPublic = (name: string) => Object.hasOwn(properties, name) && !(properties as Record<string, Property>)[name]?.internal;
    return Object.fromEntries(Object.entries(given).filter(([name]) => isPublic(name)));
  }
}

function withoutUndefined(properties: Known): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
