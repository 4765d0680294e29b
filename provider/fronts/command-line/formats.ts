/** In which a report is printed. */
export const formats = ["text", "json", "prometheus"] as const;

export type Format = (typeof formats)[number];
