import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Certificate } from '../certificate.spec-kit.js';
import type { DoubleAccess } from './double-access.spec-kit.js';

export interface DoubleFront {
  /** where HTTP and gRPC are both served, as on the real server */
  readonly port: number;
  /** `METHOD path` of each question over HTTP */
  readonly asked: readonly string[];
  readonly stop: () => void;
}

/** The server's user management over HTTP, at one port with gRPC: who asks for HTTP/2 is sent on to it. */
export async function startFront(
  access: DoubleAccess,
  certificate: Certificate,
  grpcPort: number,
): Promise<DoubleFront> {
  const asked: string[] = [];
  const users = createHttps({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    asked.push(`${request.method} ${request.url}`);
    void answer(access, request, response);
  });
  users.listen(0, '127.0.0.1');
  await once(users, 'listening');
  const sockets = new Set<Socket>();
  const front = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', (hello) => {
      // The name of HTTP/2 stands in the clear in the first message of TLS.
      const port = hello.includes('\u0002h2') ? grpcPort : (users.address() as AddressInfo).port;
      const onwards = connect(port, '127.0.0.1');
      sockets.add(onwards);
      onwards.on('error', () => socket.destroy());
      onwards.write(hello);
      socket.pipe(onwards).pipe(socket);
    });
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    front.close();
    users.closeAllConnections();
    users.close();
  };
  return { port: (front.address() as AddressInfo).port, asked, stop };
}

async function answer(access: DoubleAccess, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const part of request) text += String(part);
  const say = (status: number, body: object = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const who = access.userOf(request.headers.authorization);
  if (who === undefined) return say(401);
  const [, login = '', command] = /^\/users\/([^/]*)(?:\/command\/(.+))?$/.exec(request.url ?? '') ?? [];
  const name = login === '$current' ? who : decodeURIComponent(login);
  if (login !== '$current' && !access.users.get(who)?.groups.includes('$admins')) return say(401);
  const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  const known = access.users.get(name);
  const question = `${request.method} ${command ?? ''}`.trim();
  if (question === 'POST' && name === '') {
    access.users.set(String(body.loginName), { password: String(body.password), groups: body.groups as string[] });
    return say(201);
  }
  if (!known) return say(404);
  if (question === 'PUT') access.users.set(name, { ...known, groups: body.groups as string[] });
  else if (question === 'POST reset-password') access.users.set(name, { ...known, password: String(body.newPassword) });
  else if (question !== 'GET') return say(405);
  return say(200, {
    success: true,
    data: { loginName: name, fullName: 'Baton', groups: known.groups, disabled: false },
  });
}
