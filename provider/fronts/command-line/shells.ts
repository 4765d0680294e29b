/** Those for which there is a script of completion. */
export const shells = ["bash", "zsh", "powershell"] as const;

export type Shell = (typeof shells)[number];
