/** Folders from the volume's root down, upper case: an export may be neither here nor anywhere below. */
const closed =
  /^(WINDOWS(\.OLD)?|PROGRAM FILES( \((X86|ARM)\))?|PROGRAMDATA\\MICROSOFT|DOCUMENTS AND SETTINGS|SYSTEM VOLUME INFORMATION|\$RECYCLE\.BIN)(\\|$)/;

/** Here an export may not be, but below it may: people do keep exports in D:\Recovery\sql01 or below their profile. */
const shared = /^(PROGRAMDATA|RECOVERY)$/;

/** The folder and each of its children: profiles, and the roots of cluster shared volumes. */
const sharedWithChildren = /^(USERS|CLUSTERSTORAGE)(\\[^\\]+)?$/;

/** Shares that are no folders (pipes, printers) or are the Windows folder (ADMIN$). */
const closedShares = new Set(["ADMIN$", "IPC$", "PRINT$", "PIPE", "MAILSLOT"]);

/**
 * Whether an absolute path lies where only the system may write. On any drive: which one Windows starts from is not known here.
 *
 * @param share The share's name in upper case, undefined for a drive.
 * @param folders The folders below the drive or share, in upper case.
 */
export function isWindowsSystemFolder(share: string | undefined, folders: readonly string[]): boolean {
  if (share !== undefined && closedShares.has(share)) return true;
  // C$ is drive C; what another share calls "Windows" is a plain folder.
  if (share !== undefined && !/^[A-Z]\$$/.test(share)) return false;
  const path = folders.join("\\");
  return closed.test(path) || shared.test(path) || sharedWithChildren.test(path);
}
