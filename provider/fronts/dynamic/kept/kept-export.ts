import { exportedFile } from "../../../domain/records/exported-file";
import { fileLine, fileOfLine } from "../../../domain/records/file-line";
import { EXPORT_TYPE } from "../../../domain/records/owner-text";
import type { ExportState } from "../../../domain/reference-point-export/outputs";
import { exportProperties } from "../../../domain/reference-point-export/properties";
import { KeptProperties } from "./kept-properties";

/** How the engine keeps an export. */
export const keptExport = new KeptProperties<ExportState>({
  properties: exportProperties,
  type: EXPORT_TYPE,
  idName: "exportId",
  facts: ({
    exportId: _,
    totalBytes: _sum,
    files,
    problems,
    warnings,
    hostMachineId,
    baseDirectory,
    nextPortion,
    alteredFiles,
    ...rest
  }) => ({
    result: {
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => !Object.hasOwn(exportProperties, name) || name === "status")),
      ...(files && { files: files.map(fileLine) }),
      ...(problems.length > 0 && { problems }),
      ...(warnings.length > 0 && { warnings }),
    },
    lastLook: { hostMachineId, baseDirectory, nextPortion, ...(alteredFiles && alteredFiles.length > 0 && { alteredFiles }) },
  }),
  known: ({ files, ...rest }) => {
    const listed = Array.isArray(files) ? files.map((file) => (typeof file === "string" ? (fileOfLine(file) ?? file) : file)) : files;
    return { ...rest, ...(listed !== undefined && { files: listed, totalBytes: totalBytesOf(listed) }) };
  },
});

function totalBytesOf(files: unknown): number {
  const bytes = (file: unknown) => (exportedFile.safeParse(file).success ? (file as { bytes: number }).bytes : 0);
  return Array.isArray(files) ? files.reduce((sum: number, file) => sum + bytes(file), 0) : 0;
}
