/** What variables were that are set for a while. */
const before = new Map<string, string | undefined>();

/** Sets a variable of this process while something is done that reads it and can be told in no other way. One at a time. */
export async function withVariable<T>(name: string, value: string, use: () => Promise<T>): Promise<T> {
  before.set(name, process.env[name]);
  process.env[name] = value;
  try {
    return await use();
  } finally {
    const usual = before.get(name);
    before.delete(name);
    if (usual === undefined) delete process.env[name];
    else process.env[name] = usual;
  }
}

/** The environment of this process for a program that it starts, without what is set for a while: another host's login, for one. */
export function environmentForPrograms(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries({ ...process.env, ...Object.fromEntries(before) }).filter(([, value]) => value !== undefined));
}
