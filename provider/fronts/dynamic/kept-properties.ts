import type { Property } from "../../domain/property-table";
import { exportedFile } from "../../domain/records/exported-file";
import { fileLine, fileOfLine } from "../../domain/records/file-line";
import { ownerText, urnOfOwner } from "../../domain/records/owner-text";
import type { ExportState } from "../../domain/reference-point-export/outputs";
import { exportProperties } from "../../domain/reference-point-export/properties";
import type { Kept } from "./kept";

type Known = Readonly<Record<string, unknown>>;

/** The arguments, as the lifecycle knows them. With ignoreChanges the engine gives those of before, `owner` included. */
export function knownArguments({ __owner, __secrets, ...shown }: Kept): Record<string, unknown> {
  const { owner, ...given } = shown;
  return {
    ...(owner === __owner ? given : shown),
    ...(__owner !== undefined && { createUrn: typeof __owner === "string" ? urnOfOwner(__owner) : __owner }),
    ...(__secrets !== undefined && { secretInputs: __secrets }),
  };
}

/** The state, as the lifecycle knows it. A look-up has arguments only. */
export function knownState(id: string, { result, __lastLook, ...kept }: Kept): Record<string, unknown> {
  if (!isObject(result)) return knownArguments(kept);
  const { files, ...rest } = result;
  const listed = Array.isArray(files) ? files.map((file) => (typeof file === "string" ? (fileOfLine(file) ?? file) : file)) : files;
  return {
    ...knownArguments(kept),
    ...(isObject(__lastLook) && __lastLook),
    ...rest,
    ...(listed !== undefined && { files: listed, totalBytes: totalBytesOf(listed) }),
    exportId: id,
  };
}

/**
 * What check answers with: the arguments as they were given; and what a preview is to show as the change, where it would show none. That is
 * `status` and `problems` after a refresh that has found something, and `owner` after a rename.
 */
export function keptArguments(inputs: Known, olds: Kept): Record<string, unknown> {
  const { createUrn, secretInputs, status, problems, ...given } = inputs;
  const isUnwell = olds.status !== undefined && olds.status !== "intact";
  const owner = typeof createUrn === "string" ? ownerText(createUrn) : createUrn;
  const isRenamed = owner !== undefined && olds.__owner !== undefined && owner !== olds.__owner;
  return {
    ...given,
    ...(owner !== undefined && { __owner: owner }),
    ...(isRenamed && { owner }),
    ...(secretInputs !== undefined && { __secrets: secretInputs }),
    ...(isUnwell && { status, problems }),
  };
}

/** What is stored of a state, with the arguments as they were given: without the table's defaults, which all have alike. */
export function keptState(state: ExportState, given: Known): Record<string, unknown> {
  const { exportId: _, totalBytes: _sum, files, problems, warnings, hostMachineId, nextPortion, alteredFiles, ...rest } = state;
  const lastLook = { hostMachineId, nextPortion, ...(alteredFiles && alteredFiles.length > 0 && { alteredFiles }) };
  const facts = Object.entries(rest).filter(([name]) => !Object.hasOwn(exportProperties, name) || name === "status");
  const result = {
    ...Object.fromEntries(facts),
    ...(files && { files: files.map(fileLine) }),
    ...(problems.length > 0 && { problems }),
    ...(warnings.length > 0 && { warnings }),
  };
  return {
    ...argumentsIn(given),
    ...(given.secretInputs !== undefined && { __secrets: given.secretInputs }),
    // A look-up has no URN of its own.
    ...(state.createUrn !== "" && { __owner: ownerText(state.createUrn) }),
    result: withoutUndefined(result),
    ...(Object.keys(withoutUndefined(lastLook)).length > 0 && { __lastLook: withoutUndefined(lastLook) }),
  };
}

/**
 * What a refresh stores as arguments: a preview compares these with what is declared, so what was found wrong is among them.
 *
 * @param before what was stored until then
 */
export function foundArguments(kept: Kept, before: Kept, { status, problems }: ExportState): Record<string, unknown> {
  const { result: _, __lastLook, ...given } = kept;
  return {
    ...given,
    ...(kept.__owner !== before.__owner && { owner: kept.__owner }),
    ...(status !== "intact" && { status, problems }),
  };
}

function argumentsIn(given: Known): Record<string, unknown> {
  const isPublic = (name: string) =>
    Object.hasOwn(exportProperties, name) && !(exportProperties as Record<string, Property>)[name]?.internal;
  return Object.fromEntries(Object.entries(given).filter(([name]) => isPublic(name)));
}

function totalBytesOf(files: unknown): number {
  const bytes = (file: unknown) => (exportedFile.safeParse(file).success ? (file as { bytes: number }).bytes : 0);
  return Array.isArray(files) ? files.reduce((sum: number, file) => sum + bytes(file), 0) : 0;
}

function withoutUndefined(properties: Known): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
