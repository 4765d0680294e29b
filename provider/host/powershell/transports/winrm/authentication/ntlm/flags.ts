/** Flags of NTLM's messages (MS-NLMP, section 2.2.2.5), as far as this client has a use for them. */
export const negotiateFlags = {
  unicode: 0x00000001,
  requestTarget: 0x00000004,
  sign: 0x00000010,
  seal: 0x00000020,
  ntlm: 0x00000200,
  alwaysSign: 0x00008000,
  extendedSessionSecurity: 0x00080000,
  targetInfo: 0x00800000,
  version: 0x02000000,
  key128: 0x20000000,
  keyExchange: 0x40000000,
  key56: 0x80000000,
} as const;

type Flag = keyof typeof negotiateFlags;

export function flagsOf(...names: readonly Flag[]): number {
  return names.reduce((sum, name) => (sum | negotiateFlags[name]) >>> 0, 0);
}

export function lacking(flags: number, names: readonly Flag[]): Flag[] {
  return names.filter((name) => (flags & negotiateFlags[name]) >>> 0 === 0);
}

/** What this client asks for. */
export const offered = flagsOf(
  "unicode",
  "requestTarget",
  "sign",
  "seal",
  "ntlm",
  "alwaysSign",
  "extendedSessionSecurity",
  "version",
  "key128",
  "keyExchange",
  "key56",
);

/** Every Windows that can be a Hyper-V host grants these. A challenge without one is damaged, or somebody on the way weakens it. */
export const indispensable = ["unicode", "sign", "seal", "extendedSessionSecurity", "targetInfo", "key128", "keyExchange"] as const;
