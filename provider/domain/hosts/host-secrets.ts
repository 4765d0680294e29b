/** What of a host is a secret whoever gives it, by its path within the arguments. */
export const hostSecretNames: readonly string[] = ["host.privateKey", "host.credential.password"];

/** The last words of these names: no other argument is called so. */
export const secretWords: ReadonlySet<PropertyKey> = new Set(["privateKey", "password"]);
