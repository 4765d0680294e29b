import * as os from "node:os";
import type { Command } from "./command";
import { Fault } from "./faults";
import type { Quotas, WinrmOptions } from "./options";
import { Shell } from "./shell";

/** Windows' own bounds and default, in milliseconds: MS-WSMV, IdleTimeOut. */
const idleBounds = { shortest: 60_000, usual: 7_200_000, longest: 2_147_483_647 };

export interface ShellWishes {
  readonly idleTimeoutMs: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string | undefined;
}

/** All shells of a server, and the quotas that they are under. */
export class Shells {
  private readonly shells = new Map<string, Shell>();
  private readonly closing = new Set<Promise<void>>();

  constructor(
    private readonly options: WinrmOptions,
    public quotas: Quotas,
  ) {}

  get all(): Shell[] {
    return [...this.shells.values()];
  }

  /** Commands whose programs run. */
  get running(): Command[] {
    return this.all.flatMap((shell) => shell.running);
  }

  create(owner: string, clientAddress: string, wishes: ShellWishes): Shell {
    const { shellsPerUser, users, processesPerShell = Number.POSITIVE_INFINITY } = this.quotas;
    const owners = new Set(this.all.map((shell) => shell.settings.owner));
    if (users !== undefined && !owners.has(owner) && owners.size >= users) throw new Fault("tooManyUsers");
    if (shellsPerUser !== undefined && this.all.filter((shell) => shell.settings.owner === owner).length >= shellsPerUser)
      throw new Fault("tooManyShells", `It is a maximum number of ${shellsPerUser}.`);
    const { idleTimeoutMs: asked = idleBounds.usual } = wishes;
    if (asked < idleBounds.shortest || asked > idleBounds.longest) throw new Fault("idleTimeoutOutOfBounds");
    const settings = {
      owner,
      clientAddress,
      idleTimeoutMs: this.options.idleTimeoutMs ?? asked,
      environment: { ...process.env, ...this.options.environment, ...wishes.environment },
      folder: wishes.folder ?? os.tmpdir(),
      processes: processesPerShell,
    };
    const shell = new Shell(settings, () => this.close(shell));
    this.shells.set(shell.id, shell);
    return shell;
  }

  /** Of the one who asks: another user's shell is none. */
  find(id: string | undefined, owner: string): Shell {
    const shell = id === undefined ? undefined : this.shells.get(id.toUpperCase());
    if (shell === undefined || shell.settings.owner !== owner) throw new Fault("noSuchShell");
    return shell;
  }

  async close(shell: Shell): Promise<void> {
    this.shells.delete(shell.id);
    const closed = shell.close();
    this.closing.add(closed);
    await closed.finally(() => this.closing.delete(closed));
  }

  /** Resolves when no process of any shell runs any more. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.all.map((shell) => this.close(shell)), ...this.closing]);
  }
}
