import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import * as os from "node:os";
import { Acceptor } from "./acceptor";
import { type Certificates, makeCertificates } from "./certificates";
import { Exchange, type Told } from "./exchange";
import { Gate } from "./gate";
import { defaultUser, type Quotas, type Trouble, type WinrmOptions } from "./options";
import { Service } from "./service";
import { Shells } from "./shells";
import { Troubles } from "./troubles";

/** A server of WinRM that runs. */
export interface Winrm {
  readonly url: string;
  readonly port: number;
  /** Over HTTPS. */
  readonly certificates: Certificates | undefined;
  /** Every request that it has read, in order. */
  readonly told: readonly Told[];
  /** Shells that are open, by id. */
  readonly shells: readonly string[];
  /** Process ids of the commands that run. */
  readonly processes: readonly number[];
  readonly connections: number;
  readonly mostConnections: number;
  readonly hasTroubleAhead: boolean;
  setTrouble(trouble: Trouble): void;
  clearTroubles(): void;
  setQuotas(quotas: Quotas): void;
  /** Ends a shell as Windows does when the service is restarted: without a word. */
  endShells(): Promise<void>;
  /** No process and no connection is left when it resolves. */
  close(): Promise<void>;
}

/** Starts a server on a port of the loopback. */
export async function startWinrm(options: WinrmOptions): Promise<Winrm> {
  const { useSsl = true } = options;
  const certificates = useSsl ? makeCertificates(options.certificate) : undefined;
  const shells = new Shells(options, options.quotas ?? {});
  const service = new Service(options, shells);
  const troubles = new Troubles();
  const told: Told[] = [];
  const acceptor = acceptorFor(options);
  const certificate = certificates && new X509Certificate(fs.readFileSync(certificates.server.certFile)).raw;
  const gates = new WeakMap<Socket, Gate>();
  const gateOf = (socket: Socket): Gate => {
    let gate = gates.get(socket);
    if (gate === undefined) {
      const made = new Gate(options, acceptor, certificate);
      gate = made;
      gates.set(socket, made);
      socket.once("close", () => made.close());
    }
    return gate;
  };
  const exchange = new Exchange(service, troubles, told, gateOf, !useSsl && options.allowUnencrypted !== true);
  const listener: http.RequestListener = (request, response) => exchange.handle(request, response);
  const server = certificates ? https.createServer(tlsOptions(certificates), listener) : http.createServer(listener);
  // A long poll is longer than Node's own limits for silence.
  Object.assign(server, { keepAliveTimeout: 120_000, requestTimeout: 0 });
  const sockets = new Set<Socket>();
  let mostConnections = 0;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    mostConnections = Math.max(mostConnections, sockets.size);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  // Whatever ends this process, commands in groups of their own do not outlive it.
  const endCommands = () => {
    for (const command of shells.running) command.kill();
  };
  process.once("exit", endCommands);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `${useSsl ? "https" : "http"}://127.0.0.1:${port}/wsman`,
    port,
    certificates,
    told,
    get shells() {
      return shells.all.map((shell) => shell.id);
    },
    get processes() {
      return shells.running.flatMap((command) => command.pid ?? []);
    },
    get connections() {
      return sockets.size;
    },
    get mostConnections() {
      return mostConnections;
    },
    get hasTroubleAhead() {
      return troubles.isAhead;
    },
    setTrouble: (trouble) => troubles.add(trouble),
    clearTroubles: () => troubles.clear(),
    setQuotas: (quotas) => {
      shells.quotas = quotas;
    },
    endShells: () => shells.closeAll(),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, shells.closeAll()]);
      // A request that was being read when the sockets went may have made another one.
      await shells.closeAll();
      await acceptor?.close();
      process.off("exit", endCommands);
      certificates?.remove();
    },
  };
}

/** Other people's code, where a login is wanted that only it can judge. */
function acceptorFor({ logins = [], users, kerberos }: WinrmOptions): Acceptor | undefined {
  if (!logins.includes("negotiate") && !logins.includes("kerberos")) return undefined;
  const ntlmUsers = Object.entries(users ?? { [defaultUser.userName]: defaultUser.password }).flatMap(([user, password]) => {
    const [name = "", ...domains] = user.split("\\").reverse();
    // A local account is the machine's own as well as nobody's; pyspnego says the system's name for it.
    return (domains.length > 0 ? domains : ["", os.hostname().toUpperCase()]).map((domain) => ({ domain, name, password }));
  });
  return Acceptor.start({ users: ntlmUsers, ...(kerberos && { environment: kerberos }) });
}

function tlsOptions({ caFile, server }: Certificates): https.ServerOptions {
  return {
    cert: fs.readFileSync(server.certFile),
    key: fs.readFileSync(server.keyFile),
    ca: fs.readFileSync(caFile),
    requestCert: true,
    rejectUnauthorized: false,
  };
}
