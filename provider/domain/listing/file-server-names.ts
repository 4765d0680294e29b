import { foldersAbove } from "../paths/relative-path";

/**
 * Folders that file servers and systems make inside of any folder, or of a volume's root: Synology's, QNAP's and NetApp's, those of Windows,
 * macOS and Linux. What is in them is not looked at: it may be the copy of a whole volume, and is often locked. In whatever letter case, since
 * these are no names of ours. The bridge has the same text (bridge/files/look.ps1).
 */
const folderOfServer =
  /^(@eaDir|#recycle|#snapshot|@Recycle|@Recently-Snapshot|\.@__thumb|\.snapshots?|~snapshot|\.zfs|\.AppleDouble|\.AppleDB|\.AppleDesktop|Network Trash Folder|Temporary Items|\.TemporaryItems|\.Trashes|\.Trash(-[0-9]+)?|\.Spotlight-V100|\.fseventsd|\.DocumentRevisions-V100|System Volume Information|\$RECYCLE\.BIN|RECYCLER|RECYCLED|DfsrPrivate|lost\+found)$/i;

/** Files of the same origin. One that begins with "._" holds what macOS knows of the file that is called so without it. */
const fileOfServer =
  /^(Thumbs\.db|ehthumbs(_vista)?\.db|desktop\.ini|\.DS_Store|\.localized|\.apdisk|\.directory|\.VolumeIcon\.icns|\.metadata_never_index|Icon\r|\._.+|\.nfs[0-9a-f]{8,}|\.fuse_hidden[0-9a-f]+|\.smbdelete.+)$/i;

interface Entry {
  readonly path: string;
  readonly kind: "file" | "directory" | "link" | "other";
}

/** Whether a folder of that name is named in a listing and not entered. */
export function isFolderOfServer(name: string): boolean {
  return folderOfServer.test(name);
}

/**
 * The name by which an entry is known to be a file server's or a system's: its own, or that of a folder above it. Undefined for everything
 * else.
 */
export function nameOfServer({ path, kind }: Entry): string | undefined {
  const names = path.split("/");
  const last = names.pop() ?? "";
  const above = names.find(isFolderOfServer);
  if (above !== undefined) return above;
  return (kind === "file" ? fileOfServer : folderOfServer).test(last) ? last : undefined;
}

/**
 * Whether a file that has come while a job wrote is the server's. A lone file with "._" before its name may be a disk of that name.
 *
 * @param there the paths of all that is listed
 */
export function hasComeFromServer(entry: Entry, there: ReadonlySet<string>): boolean {
  const [, folder = "", ofFile] = /^(.*\/)?\._([^/]+)$/.exec(entry.path) ?? [];
  return nameOfServer(entry) !== undefined && (ofFile === undefined || there.has(folder + ofFile));
}

/** The entries without what is a file server's, and without folders that hold nothing else. */
export function apartFromServers<T extends Entry>(entries: readonly T[]): T[] {
  const own = entries.filter((entry) => nameOfServer(entry) === undefined);
  if (own.length === entries.length) return own;
  const kept = new Set(own);
  const holding = new Set(entries.filter((entry) => !kept.has(entry)).flatMap(({ path }) => foldersAbove(path)));
  const needed = new Set(
    own.filter(({ kind, path }) => kind !== "directory" || !holding.has(path)).flatMap(({ path }) => foldersAbove(path)),
  );
  return own.filter(({ kind, path }) => kind !== "directory" || !holding.has(path) || needed.has(path));
}
