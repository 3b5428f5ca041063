import { randomUUID } from 'node:crypto';
import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client';
import { accessRulesFor, isSameAcl, SetUpRefused } from './access-rules.js';
import { eventStoreDbAddress, type Credentials, type EventStoreDbAddress } from './address.js';
import { proveAccess } from './access-proof.js';
import { Connection } from './connection.js';
import { storeFault } from './faults.js';
import { connecting } from './open-eventstoredb.js';
import { ServerHttp } from './server-http.js';

export interface AccessSetUp {
  /** `esdb://` with the service's own user and password */
  readonly address: string;
  /** an administrator of the server, only for this */
  readonly admin: Credentials;
  readonly group: string;
  /** sets the password of an existing user to the address's */
  readonly resetPassword?: boolean;
  /** puts the rules in the place of others that somebody has set */
  readonly replaceRules?: boolean;
  /** told what was done or found, one line each */
  readonly tell: (line: string) => void;
}

const CALL_MS = 5_000;

/**
 * Makes the service's user and the access rules where they are missing, then proves by the service's own user that it
 * can do its work and can delete nothing. Doing it again changes nothing.
 *
 * @throws AddressRefused, SetUpRefused, StoreFault
 */
export async function setUpAccess(asked: AccessSetUp): Promise<void> {
  const address = eventStoreDbAddress(asked.address);
  const service = serviceUser(address, asked);
  const connection = new Connection(await connecting(address));
  try {
    await setUpUser(new ServerHttp(address), service, asked);
    await setUpRules(connection, asked);
    await proveAccess(connection, service);
    asked.tell(`proved: ${service.username} reads, writes and follows $all; deleting and hiding are refused to it`);
  } finally {
    connection.close();
  }
}

function serviceUser({ isTls, credentials, shown }: EventStoreDbAddress, { admin, group }: AccessSetUp): Credentials {
  if (!isTls || !credentials)
    throw new SetUpRefused(`${shown} is addressed without TLS: such a server holds nobody to any rule`);
  if (credentials.username === admin.username)
    throw new SetUpRefused('the service needs a user of its own: the address names the administrator');
  if (!/^[A-Za-z0-9_-]{1,60}$/.test(group)) throw new SetUpRefused('a group is 1 to 60 letters, digits, "-" or "_"');
  return credentials;
}

async function setUpUser(http: ServerHttp, service: Credentials, asked: AccessSetUp): Promise<void> {
  const { admin, group, tell } = asked;
  const path = `/users/${encodeURIComponent(service.username)}`;
  const found = await ask(http, 'GET', path, admin);
  if (found.status === 401 || found.status === 403)
    throw new SetUpRefused('the server refuses the administrator: check BATON_EVENT_STORE_ADMIN');
  if (found.status === 404) {
    const user = { loginName: service.username, fullName: 'Baton', groups: [group], password: service.password };
    const made = await ask(http, 'POST', '/users/', admin, user);
    if (made.status !== 201 && made.status !== 200)
      throw new SetUpRefused(`the user was not made: the server answered ${made.status}`);
    return tell(`made the user ${service.username} in the group ${group}`);
  }
  const data = (found.body as { data?: { groups?: unknown; fullName?: unknown; disabled?: unknown } } | undefined)
    ?.data;
  if (found.status !== 200 || !data)
    throw new SetUpRefused(`what answers is no EventStoreDB's list of users (status ${found.status})`);
  const groups = Array.isArray(data.groups) ? data.groups.map(String) : [];
  if (groups.includes('$admins'))
    throw new SetUpRefused(`${service.username} is an administrator, who may delete everything: name another user`);
  if (data.disabled === true) throw new SetUpRefused(`${service.username} is disabled on the server: enable it`);
  if (groups.includes(group)) tell(`the user ${service.username} is in the group ${group}`);
  else {
    const changed = {
      fullName: typeof data.fullName === 'string' ? data.fullName : 'Baton',
      groups: [...groups, group],
    };
    expectDone(await ask(http, 'PUT', path, admin, changed), 'the user was not put into the group');
    tell(`put the user ${service.username} into the group ${group}`);
  }
  await setUpPassword(http, path, service, asked);
}

async function setUpPassword(http: ServerHttp, path: string, service: Credentials, asked: AccessSetUp): Promise<void> {
  const { status } = await ask(http, 'GET', '/users/$current', service);
  if (status === 200) return;
  if (!asked.resetPassword)
    throw new SetUpRefused(`${service.username} has another password: correct the address, or add --reset-password`);
  const answer = await ask(http, 'POST', `${path}/command/reset-password`, asked.admin, {
    newPassword: service.password,
  });
  expectDone(answer, 'the password was not reset');
  asked.tell(`reset the password of ${service.username}`);
}

async function setUpRules(connection: Connection, { admin, group, replaceRules, tell }: AccessSetUp): Promise<void> {
  const wanted = accessRulesFor(group);
  const last = await lastRules(connection, admin);
  if (last && isSameAcl(last.data, wanted)) return tell('the access rules stand already');
  if (last && replaceRules !== true)
    throw new SetUpRefused('the server has other access rules of its own: look at $settings, or add --replace-rules');
  const type = 'update-default-acl';
  const event = {
    id: randomUUID(),
    type,
    contentType: 'application/json' as const,
    data: { ...wanted },
    metadata: undefined,
  };
  await calling(connection, 'setting the access rules', (client) =>
    client.appendToStream('$settings', event, {
      expectedRevision: 'any',
      credentials: admin,
      deadline: CALL_MS,
      requiresLeader: true,
    }),
  );
  tell(`set the access rules: ${group} reads, writes and follows; only $admins delete and hide`);
}

async function lastRules(connection: Connection, admin: Credentials) {
  const found = await calling(connection, 'reading the access rules', async (client, cut) => {
    const options = { direction: 'backwards', fromRevision: 'end', maxCount: 100, credentials: admin } as const;
    const read = client.readStream('$settings', options);
    read.on('error', () => undefined);
    cut.addEventListener('abort', () => void read.cancel().catch(() => undefined), { once: true });
    const events: ResolvedEvent[] = [];
    try {
      for await (const event of read) events.push(event);
    } catch (error) {
      if ((error as { type?: unknown }).type !== 'stream-not-found') throw error;
    }
    return events;
  });
  return found.find(({ event }) => event?.type === 'update-default-acl')?.event;
}

/** @throws StoreFault */
async function calling<Result>(
  connection: Connection,
  what: string,
  work: (client: EventStoreDBClient, cut: AbortSignal) => Promise<Result>,
): Promise<Result> {
  try {
    return await connection.call(what, CALL_MS, work);
  } catch (error) {
    throw storeFault(error);
  }
}

async function ask(http: ServerHttp, method: 'GET' | 'POST' | 'PUT', path: string, as: Credentials, body?: object) {
  try {
    return await http.ask({ method, path, as, ...(body && { body }) });
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: string };
    const why = /certificate|self.signed|CERT_/i.test(message ?? '') ? 'its certificate is not trusted' : String(code);
    throw new SetUpRefused(`the server's HTTP interface does not answer (${why})`);
  }
}

function expectDone({ status }: { readonly status: number }, otherwise: string): void {
  if (status < 200 || status > 299) throw new SetUpRefused(`${otherwise}: the server answered ${status}`);
}
