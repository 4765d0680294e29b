import type { Language } from "./moods";

interface Row {
  /** HRESULT of the WBEMSTATUS. */
  readonly code: number;
  /** Microsoft.Management.Infrastructure.NativeErrorCode. */
  readonly native: number;
  readonly en: string;
  readonly de: string;
}

/** What WMI refuses with. Native codes as a real CIM client showed them; where it showed none, the general 1 (Failed). */
export const wmiErrors = {
  failed: { code: 0x80041001, native: 1, en: "Generic failure ", de: "Allgemeiner Fehler " },
  notFound: { code: 0x80041002, native: 6, en: "Not found ", de: "Nicht gefunden " },
  accessDenied: { code: 0x80041003, native: 2, en: "Access denied ", de: "Zugriff verweigert " },
  providerFailure: { code: 0x80041004, native: 1, en: "Provider failure ", de: "Anbieterfehler " },
  typeMismatch: { code: 0x80041005, native: 13, en: "Type mismatch ", de: "Typenkonflikt " },
  invalidParameter: { code: 0x80041008, native: 4, en: "Invalid parameter ", de: "Ungültiger Parameter " },
  notSupported: { code: 0x8004100c, native: 7, en: "Not supported ", de: "Nicht unterstützt " },
  invalidNamespace: { code: 0x8004100e, native: 3, en: "Invalid namespace ", de: "Ungültiger Namespace " },
  invalidClass: { code: 0x80041010, native: 5, en: "Invalid class ", de: "Ungültige Klasse " },
  providerLoadFailure: { code: 0x80041013, native: 1, en: "Provider load failure ", de: "Fehler beim Laden des Anbieters " },
  invalidQuery: { code: 0x80041017, native: 15, en: "Invalid query ", de: "Ungültige Abfrage " },
  invalidQueryType: { code: 0x80041018, native: 14, en: "Invalid query type ", de: "Ungültiger Abfragetyp " },
  invalidMethod: { code: 0x8004102e, native: 17, en: "Invalid method ", de: "Ungültige Methode " },
  invalidMethodParameters: { code: 0x8004102f, native: 4, en: "Invalid method Parameter(s) ", de: "Ungültige Methodenparameter " },
  timedOut: { code: 0x80041069, native: 1, en: "Timed out ", de: "Zeitüberschreitung " },
  quotaViolation: { code: 0x8004106c, native: 27, en: "Quota violation ", de: "Kontingentverletzung " },
} as const satisfies Record<string, Row>;

export type WmiErrorKind = keyof typeof wmiErrors;

/** An error of the server. `why` is for whoever writes the tests; a client never sees it, as with the real thing. */
export class WmiError extends Error {
  override readonly name = "WmiError";
  constructor(
    readonly kind: WmiErrorKind,
    readonly why: string,
  ) {
    super(`${kind}: ${why}`);
  }
}

/** What the cmdlet itself refuses, before any call. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  constructor(
    readonly exception: "ArgumentException" | "OverflowException" | "InvalidCastException" | "CimException",
    message: string,
    /** NativeErrorCode of a CimException: 12 is NoSuchProperty, 13 TypeMismatch. */
    readonly native = 1,
  ) {
    super(message);
  }
}

export interface ErrorAnswer {
  readonly exception: string;
  readonly message: string;
  readonly native: number;
  /** First part of the FullyQualifiedErrorId: "HRESULT 0x80041010" or the exception's name. */
  readonly id: string;
}

export function errorAnswer(error: unknown, language: Language): ErrorAnswer {
  if (error instanceof WmiError) {
    const { code, native, ...texts } = wmiErrors[error.kind];
    return { exception: "CimException", message: texts[language], native, id: `HRESULT 0x${code.toString(16)}` };
  }
  if (error instanceof ClientError) {
    const id = error.exception === "CimException" ? clientErrorId(error.native) : `System.${error.exception}`;
    return { exception: error.exception, message: error.message, native: error.native, id };
  }
  throw error;
}

function clientErrorId(native: number): string {
  return `MiClientApiError_${{ 12: "NoSuchProperty", 13: "TypeMismatch" }[native] ?? "Failed"}`;
}
