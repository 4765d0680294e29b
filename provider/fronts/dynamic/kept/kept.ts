/**
 * How the engine keeps an export, and how the lifecycle knows it. Each property at the top costs the program 9 KiB and 10 ms a resource,
 * asked for or not, and each byte is written again at every step of an up. So what the export came to is one property, `result`, with
 * a line a file. What is only ours begins with "__", which the CLI shows to nobody.
 *
 * In a file of its own: a program's compiler sees this type, and must not see zod's.
 */
export type Kept = Readonly<Record<string, unknown>>;
