/**
 * What to do about a job that failed, by the HRESULT in its ErrorDescription: the text around it is in the host's language, and ErrorCode
 * says no more than "Failed". All begin with 0x8007, the codes of Windows itself.
 */
const remedies: Readonly<Record<string, string>> = {
  "0x80070003": "See that the directory can still be reached from the host",
  "0x80070005": "Give the host's computer account and Hyper-V the right to write to the directory",
  "0x80070013": "Take the write protection off the volume",
  "0x80070020": "See which program holds the file (most often a virus scanner or another backup) and keep it away from Hyper-V's files",
  "0x80070027": "Free space on the volume of the directory",
  "0x80070035": "See that the share of the directory can be reached from the host",
  "0x80070040": "See that the share of the directory can be reached from the host",
  "0x80070043": "See that the share of the directory is there, and can be reached from the host",
  "0x80070070": "Free space on the volume of the directory",
  "0x800700ce": "Choose a directory with a shorter path",
  "0x8007050f": "Raise the quota of the volume of the directory, or free space in it",
};

/** HRESULTs of ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL and ERROR_DISK_QUOTA_EXCEEDED. */
const full: ReadonlySet<string> = new Set(["0x80070027", "0x80070070", "0x8007050f"]);

/** Whether a job that tells why it failed found no room on the volume. */
export function tellsOfFullVolume(errorDescription: string): boolean {
  return codesIn(errorDescription).some((code) => full.has(code));
}

/** The remedy of a job that tells why it failed; undefined where it does not, or nothing better is known than what it says. */
export function jobRemedy(errorDescription: string | undefined): string | undefined {
  const known = codesIn(errorDescription ?? "")
    .map((code) => remedies[code])
    .find((remedy) => remedy !== undefined);
  return known && `${known}; the next pulumi up clears what the job left and exports again.`;
}

function codesIn(errorDescription: string): string[] {
  return (errorDescription.match(/0x8007[0-9a-f]{4}/gi) ?? []).map((code) => code.toLowerCase());
}
