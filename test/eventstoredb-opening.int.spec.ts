import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { openEventStoreDb } from '../libs/event-store/eventstoredb/open-eventstoredb.js';
import { newEvents, newStream } from '../libs/event-store/opened-store.spec-kit.js';
import { makeCertificate, type Certificate } from './certificate.spec-kit.js';
import { DoubleAccess } from './eventstoredb/double-access.spec-kit.js';
import { EventStoreDbDouble } from './eventstoredb/eventstoredb-double.spec-kit.js';

const open = (address: string) => openEventStoreDb({ address, openWithinMs: 300 });

/** The one line a person would see. */
async function refusalOf(address: string): Promise<string> {
  try {
    await (await open(address)).close();
  } catch (error) {
    const { name, message } = error as Error;
    return `${name}: ${message}`;
  }
  return 'opened';
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('opening an EventStoreDB', () => {
  let certificate: Certificate;
  let double: EventStoreDbDouble;
  let access: DoubleAccess;
  const query = () => `tlsCAFile=${encodeURIComponent(certificate.file)}`;

  beforeAll(async () => {
    certificate = await makeCertificate();
    access = new DoubleAccess();
    access.users.set('someone', { password: 'right', groups: [] });
    double = await EventStoreDbDouble.start({ access, certificate });
  });
  afterAll(async () => {
    double.stop();
    await certificate.remove();
  });

  it('works over TLS with a user and a password that need encoding', async () => {
    access.users.set('admin', { password: 'p@ss/wörd', groups: ['$admins'] });
    const store = await open(`esdb://admin:p%40ss%2Fw%C3%B6rd@127.0.0.1:${double.port}?${query()}`);
    const stream = newStream();
    expect(await store.append(stream, 'no-stream', newEvents(2))).toMatchObject({ ok: true });
    expect(await store.readStream(stream)).toHaveLength(2);
    await store.close();
  });

  it('is refused in one line for wrong credentials, and for a user that may not read $all', async () => {
    const line = /^AddressRefused: BATON_EVENT_STORE: 127\.0\.0\.1:\d+ refuses the user, or lets it not read \$all: /;
    expect(await refusalOf(`esdb://admin:wrong@127.0.0.1:${double.port}?${query()}`)).toMatch(line);
    expect(await refusalOf(`esdb://someone:right@127.0.0.1:${double.port}?${query()}`)).toMatch(line);
  });

  it('is refused for a certificate that nobody known has signed, and for a file that is none', async () => {
    expect(await refusalOf(`esdb://admin:changeit@127.0.0.1:${double.port}`)).toMatch(
      /the certificate of 127\.0\.0\.1:\d+ is not trusted, .* tlsCAFile=FILE$/,
    );
    // Looking for a cluster's leader, the client does not say why nobody answered.
    expect(await refusalOf(`esdb+discover://admin:changeit@127.0.0.1:${double.port}`)).toMatch(
      /no EventStoreDB answers at 127\.0\.0\.1:\d+, or its certificate is not trusted \(tlsCAFile=FILE\)$/,
    );
    expect(await refusalOf(`esdb://u:p@127.0.0.1:${double.port}?tlsCAFile=package.json`)).toMatch(
      /tlsCAFile package.json is no readable PEM certificate$/,
    );
  });

  it('is refused where TLS is spoken on one side only', async () => {
    const plain = await EventStoreDbDouble.start();
    expect(await refusalOf(`esdb://u:p@127.0.0.1:${plain.port}?${query()}`)).toMatch(
      /does not speak TLS: is it another server, or one to be reached with tls=false\?$/,
    );
    plain.stop();
    expect(await refusalOf(`esdb://127.0.0.1:${double.port}?tls=false`)).toMatch(
      /no EventStoreDB answers at 127\.0\.0\.1:\d+; a server with TLS is reached without tls=false$/,
    );
  });

  it('is refused where nothing listens, and where there is no such host', async () => {
    const server = createTcp();
    const port = await listening(server);
    server.close();
    expect(await refusalOf(`esdb://127.0.0.1:${port}?tls=false`)).toMatch(
      /nothing listens at 127\.0\.0\.1:\d+: is the server started\?$/,
    );
    expect(await refusalOf('esdb://no-such-host.invalid?tls=false')).toMatch(
      /there is no host no-such-host\.invalid:2113$/,
    );
  });

  it('is refused where something else answers, or nothing does', async () => {
    const http = createHttp((_, answer) => answer.end('hello'));
    expect(await refusalOf(`esdb://127.0.0.1:${await listening(http)}?tls=false`)).toMatch(
      /(what answers at 127\.0\.0\.1:\d+ is no EventStoreDB: check host and port|no EventStoreDB answers at .*)$/,
    );
    http.closeAllConnections();
    http.close();
    const sockets: Socket[] = [];
    const silent = createTcp((socket) => sockets.push(socket));
    expect(await refusalOf(`esdb://127.0.0.1:${await listening(silent)}?tls=false`)).toMatch(
      /127\.0\.0\.1:\d+ does not answer$/,
    );
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it('waits for a server that is about to come', async () => {
    const late = await EventStoreDbDouble.start();
    late.stop();
    const opening = openEventStoreDb({ address: late.address, openWithinMs: 20_000 });
    await late.listen();
    await (await opening).close();
    late.stop();
  });
});
