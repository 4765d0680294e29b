import type { PathRules } from "../paths/path-rules";
import { nameOfServer } from "./file-server-names";
import { foreignFiles, nameSome } from "./foreign-files";
import { byRecordedName } from "./listed-name";
import type { ListedFile } from "./written-files";

/** What is worth knowing of an export directory and is no damage: files of others in it, and files of the export that lie elsewhere. */
export function directoryWarnings(
  entries: readonly ListedFile[],
  own: readonly { readonly path: string }[],
  rules: Pick<PathRules, "fold">,
): string[] {
  const listed = byRecordedName(entries, rules);
  const ours = new Set(own.map(({ path }) => listed(path)));
  const recalled = entries.filter((entry) => entry.isRecalled && ours.has(entry)).map(({ path }) => path);
  return [
    ...asWarning("files that are not the export's", foreignFiles(entries, own, rules)),
    ...asWarning("files of a file server or of the system, which do not count and are not removed", [
      ...new Set(entries.filter((entry) => !ours.has(entry)).flatMap((entry) => nameOfServer(entry) ?? [])),
    ]),
    ...asWarning("files whose content lies in another storage tier, from where reading them brings it back", recalled),
  ];
}

function asWarning(what: string, paths: readonly string[]): string[] {
  return paths.length === 0 ? [] : [`${what}: ${nameSome(paths)}`];
}
