/**
 * Whether all that is tried over other ways is tried over WinRM, too, or the part of it in which a pipe may differ from another one: what
 * stands behind the pipe is the same. HYPERV_WINRM_WHOLE=1 tries all.
 */
export const isWholeWinrm = process.env.HYPERV_WINRM_WHOLE === "1";
