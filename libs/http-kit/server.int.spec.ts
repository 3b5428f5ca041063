import { connect } from 'node:net';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { AUDIENCE, Gate, type RunningServer, startServer, Store, token } from './server.spec-kit.js';

let running: RunningServer;
let authorization: string;

beforeAll(async () => {
  running = await startServer();
  authorization = `Bearer ${await token()}`;
});
afterAll(() => running.server.stop());

const GOOD = { name: 'a', size: 1 };
interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { errors?: unknown };
}
async function send(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Answer> {
  const answer = await fetch(running.url + path, { ...init, headers: { authorization, ...init.headers } });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? {} : (JSON.parse(text) as Answer['body']),
  };
}
const post = (body: string | Uint8Array, headers: Record<string, string> = {}, path = '/things') =>
  send(path, {
    method: 'POST',
    body: body as never,
    headers: { 'content-type': 'application/json', 'idempotency-key': 'k1', ...headers },
  });
const expectProblem = (answer: Answer, status: number, slug: string, errors?: unknown) => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect({
    status: answer.status,
    type: answer.body['type'],
    inBody: answer.body['status'],
    errors: answer.body.errors,
  }).toEqual({
    status,
    type: `urn:baton:problem:${slug}`,
    inBody: status,
    errors: errors ?? answer.body.errors,
  });
  expect(answer.body['instance']).toBe(`urn:baton:request:${answer.headers.get('x-request-id')}`);
};
/** Sends bytes as they are and answers all that comes back until the server closes. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

describe('a good request', () => {
  it('reaches the controller with caller, key and DTO, and is not stored on the way', async () => {
    const answer = await post(JSON.stringify({ ...GOOD, rows: [{ source: 'x' }] }));
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      key: 'k1',
      thing: { name: 'a', size: 1, rows: [{ source: 'x' }] },
      caller: { subject: 'anna', client: 'form', roles: ['marketing'], how: 'oidc' },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('may be given a charset', async () => {
    expect((await post(JSON.stringify(GOOD), { 'content-type': 'application/json; charset=UTF-8' })).status).toBe(201);
  });

  it.each([
    ['?limit=7', { limit: 7, after: null }],
    ['', { limit: 50, after: null }],
    ['?cursor=WyJrQnA5WE9UNnVOdFIiLCJiIiwyXQ', { limit: 50, after: ['b', 2] }],
  ])('reads the page query %s', async (query, expected) => {
    expect((await send(`/things${query}`)).body).toMatchObject({ ...expected, next: 'WyJrQnA5WE9UNnVOdFIiLCJiIiwyXQ' });
  });
});

describe('a bad body is a 400 that names field and rule', () => {
  it.each([
    ['wrong type', '{"name":1,"size":1}', '/name', 'must be a string'],
    ['no conversion of a number', '{"name":"a","size":"1"}', '/size', 'must be an integer number'],
    ['missing field', '{"name":"a"}', '/size', 'must be an integer number'],
    ['unknown field', '{"name":"a","size":1,"isAdmin":true}', '/isAdmin', 'is not a known member'],
    [
      'over-long string',
      `{"name":"${'x'.repeat(101)}","size":1}`,
      '/name',
      'must be shorter than or equal to 100 characters',
    ],
    [
      'unknown word',
      '{"name":"a","size":1,"kind":"huge"}',
      '/kind',
      'must be one of the following values: small, large',
    ],
    [
      'nested field',
      '{"name":"a","size":1,"rows":[{"source":"x"},{"source":3}]}',
      '/rows/1/source',
      'must be a string',
    ],
    [
      'nested unknown field',
      '{"name":"a","size":1,"rows":[{"source":"x","y":1}]}',
      '/rows/0/y',
      'is not a known member',
    ],
    ['duplicate key', '{"name":"a","size":1,"size":2}', '/size', 'must not appear twice'],
    [
      '__proto__',
      '{"name":"a","size":1,"__proto__":{"isAdmin":true}}',
      '/__proto__',
      'is a key that is never accepted',
    ],
    [
      'constructor',
      '{"name":"a","size":1,"constructor":{"prototype":{}}}',
      '/constructor',
      'is a key that is never accepted',
    ],
    ['no JSON', '{"name":', '', 'must be valid JSON'],
    ['empty', ' ', '', 'must be valid JSON'],
    ['a list', '[]', '', 'must be a JSON object'],
    ['a lone surrogate', '{"name":"\\ud800","size":1}', '/name', 'must not hold a lone surrogate'],
  ])('%s', async (_, body, field, rule) => {
    const answer = await post(body);
    expectProblem(answer, 400, 'malformed');
    expect((answer.body.errors as unknown[])[0]).toEqual({ field, rule });
  });

  it('nested 10,000 deep', async () => {
    const answer = await post(`{"name":${'['.repeat(10_000)}${']'.repeat(10_000)}}`);
    expectProblem(answer, 400, 'malformed');
    expect(JSON.stringify(answer.body.errors)).toContain('must not be nested deeper than 32 levels');
  });

  it('a million keys within the size limit', async () => {
    const members = Array.from({ length: 80_000 }, (_, at) => `"${at}":1`).join(',');
    expectProblem(await post(`{${members}}`), 400, 'malformed', [
      { field: '', rule: 'must not hold more than 50000 values' },
    ]);
  });

  it('invalid UTF-8', async () => {
    const body = Buffer.from('{"name":"\xe9","size":1}', 'latin1');
    expectProblem(await post(body), 400, 'malformed', [{ field: '', rule: 'must be valid UTF-8' }]);
  });

  it('pollutes no prototype', () => {
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it('never says what was sent', async () => {
    const answer = await post('{"name":"a","size":"jane@example.com","kind":"jane@example.com"}');
    expect(JSON.stringify(answer.body)).not.toContain('jane');
  });
});

describe('a body that is not looked at', () => {
  it('is too large: 413', async () => {
    expectProblem(await post(`{"name":"${'x'.repeat(1024 * 1024)}"}`), 413, 'body-too-large');
  });

  it('is chunked and grows too large: 413', async () => {
    const chunks = new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.alloc(512 * 1024, 0x20));
      },
    });
    const answer = await fetch(`${running.url}/things`, {
      method: 'POST',
      body: chunks,
      headers: { authorization, 'content-type': 'application/json' },
      duplex: 'half',
    }).catch((fault: unknown) => fault);
    // The server answers and closes; a client that is still sending may see either.
    if (answer instanceof Response) expect(answer.status).toBe(413);
    else expect(answer).toBeInstanceOf(TypeError);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'application/xml'])(
    'is of type %s: 415',
    async (type) => {
      expectProblem(await post('{}', { 'content-type': type }), 415, 'unsupported-media-type');
    },
  );

  it('is in another charset: 415', async () => {
    expectProblem(
      await post('{}', { 'content-type': 'application/json; charset=utf-16' }),
      415,
      'unsupported-media-type',
    );
  });

  it('is a gzip bomb: 415', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20));
    expectProblem(await post(bomb, { 'content-encoding': 'gzip' }), 415, 'unsupported-media-type');
  });

  it('comes from nobody: 401, whatever it holds', async () => {
    expectProblem(await post('{', { authorization: '' }), 401, 'unauthenticated');
    expectProblem(
      await post('{', { authorization: 'Bearer x.y.z', 'content-encoding': 'gzip' }),
      401,
      'unauthenticated',
    );
    expectProblem(await post('x'.repeat(2 * 1024 * 1024), { authorization: '' }), 401, 'unauthenticated');
  });
});

describe('bad headers, paths and queries', () => {
  it.each([
    ['absent', undefined, 'is required'],
    ['over-long', 'k'.repeat(256), 'must be 1 to 255 printable ASCII characters'],
    ['not ASCII', 'k\xe9', 'must be 1 to 255 printable ASCII characters'],
  ])('Idempotency-Key %s: 400', async (_, key, rule) => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (key !== undefined) headers['idempotency-key'] = key;
    const answer = await send('/things', { method: 'POST', body: JSON.stringify(GOOD), headers });
    expectProblem(answer, 400, 'malformed', [{ in: 'header', field: 'Idempotency-Key', rule }]);
  });

  it('a repeated Idempotency-Key: 400', async () => {
    const body = JSON.stringify(GOOD);
    const answer = await raw(
      `POST /things HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nConnection: close\r\n` +
        `Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('must not be repeated');
  });

  it.each(['12', 'W/"12"', '"x"', '"1", W/"2"', '"01"', '"1",', ''])('If-Match %s: 400', async (tag) => {
    const answer = await post('{}', { 'if-match': tag }, '/things/guarded');
    expectProblem(answer, 400, 'malformed');
  });

  it.each([
    ['"12"', [12]],
    ['"12", "13"', [12, 13]],
    ['*', '*'],
  ])('If-Match %s is read', async (tag, condition) => {
    expect((await post('{}', { 'if-match': tag }, '/things/guarded')).body).toEqual({ condition, tag: '"3"' });
  });

  it.each([
    ['?limit=0', 'limit'],
    ['?limit=501', 'limit'],
    ['?limit=0x10', 'limit'],
    ['?limit=', 'limit'],
    ['?limit=1&limit=2', 'limit'],
    ['?cursor=nonsense', 'cursor'],
    ['?cursor=WzEsMl0', 'cursor'],
    [`?cursor=${'A'.repeat(1025)}`, 'cursor'],
    ['?sort=name', 'sort'],
    ['?__proto__=1', '__proto__'],
    ['?constructor=1', 'constructor'],
  ])('the query %s: 400', async (query, field) => {
    const answer = await send(`/things${query}`);
    expectProblem(answer, 400, 'malformed');
    expect((answer.body.errors as unknown[])[0]).toMatchObject({ in: 'query', field });
  });

  it('a query parameter on a route that reads none: 400', async () => {
    const answer = await post(JSON.stringify(GOOD), {}, '/things?dryRun=true');
    expectProblem(answer, 400, 'malformed', [{ in: 'query', field: 'dryRun', rule: 'is not a known parameter' }]);
  });

  it('a malformed address: 400, an over-long one: 414', async () => {
    expect((await send('/things/%E0%A4%A')).body['type']).toBe('urn:baton:problem:malformed');
    expect((await send(`/things/${'x'.repeat(200)}`)).body['type']).toBe('urn:baton:problem:uri-too-long');
  });

  it('10,000 headers: 431', async () => {
    const many = Array.from({ length: 10_000 }, (_, at) => `x-${at}: 1\r\n`).join('');
    const answer = await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\n${many}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain('urn:baton:problem:headers-too-large');
  });

  it('200 short headers: 431, not silently dropped', async () => {
    const many = Array.from({ length: 200 }, (_, at) => `x-${at}: 1\r\n`).join('');
    const answer = await raw(`GET /things HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${many}\r\n`);
    expect(answer).toContain('urn:baton:problem:headers-too-large');
  });

  it('what is not HTTP: 400', async () => {
    expect(await raw('nonsense\r\n\r\n')).toContain('urn:baton:problem:malformed');
  });
});

describe('other answers', () => {
  it('an unknown route: 404 without its address, and 401 without a token', async () => {
    const answer = await send('/nothing/jane@example.com?email=jane@example.com');
    expectProblem(answer, 404, 'not-found');
    expect(JSON.stringify(answer.body)).not.toContain('jane');
    expectProblem(await send('/nothing', { headers: { authorization: '' } }), 401, 'unauthenticated');
  });

  it('a refusal of the domain', async () => {
    const answer = await send('/things/refused');
    expectProblem(answer, 409, 'illegal-transition');
    expect(answer.body).toMatchObject({ state: 'lost', allowed: ['recycle'] });
  });

  it('a fault: 500 without its message, in the answer and in the log', async () => {
    const answer = await send('/things/fault');
    expectProblem(answer, 500, 'internal');
    expect(JSON.stringify(answer.body) + running.log()).not.toContain('secret-in-message');
    expect(running.log()).toContain('"msg":"fault"');
  });

  it('401 challenges with a Bearer scheme', async () => {
    const absent = await send('/things', { headers: { authorization: '' } });
    expect(absent.headers.get('www-authenticate')).toBe('Bearer realm="baton"');
    const foreign = await send('/things', {
      headers: { authorization: `Bearer ${await token({ aud: 'x' + AUDIENCE })}` },
    });
    expect(foreign.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(foreign.body['detail']).toBe('the claim aud is missing or not as required');
  });
});

describe('operation', () => {
  it('answers public routes without a token', async () => {
    const anonymous = { headers: { authorization: '' } };
    expect((await send('/healthz', anonymous)).body).toEqual({ alive: true });
    const ready = await send('/readyz', anonymous);
    expect(ready.body).toMatchObject({ checks: { process: 'ok', 'open-handles': 'ok' } });
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain(
      'baton_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"} 1',
    );
    const api = await send('/openapi.json', anonymous);
    expect(Object.keys(api.body['paths'] as object)).toContain('/things/{id}');
    const docs = await fetch(`${running.url}/docs`);
    expect([docs.status, docs.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const script = await fetch(`${running.url}/docs/swagger-ui-bundle.js`);
    expect([script.status, (await script.text()).length > 100_000]).toEqual([200, true]);
    expect((await send('/docs/..%2f..%2fpackage.json', anonymous)).status).toBe(404);
  });

  it('logs route, status and subject; never address, query, token or body', async () => {
    await send('/things/canary-in-path', { headers: { 'x-odd': 'canary-in-header' } });
    await send('/things?canary-in-query=1');
    await post('{"name":"canary-in-body","size":"canary-in-body"}');
    const lines = running
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'request', method: 'GET', route: '/things/:id', status: 200, subject: 'anna' }),
    );
    expect(running.log()).not.toMatch(/canary|Bearer|eyJ/);
  });
});

describe('limits', () => {
  it('answers 429 with Retry-After to a subject that sends too much, before its body is read', async () => {
    const limited = await startServer({ rateLimit: { requests: 2, seconds: 60 } });
    try {
      const ask = async (subject: string, body = JSON.stringify(GOOD)) =>
        fetch(`${limited.url}/things`, {
          method: 'POST',
          body,
          headers: {
            authorization: `Bearer ${await token({ sub: subject })}`,
            'content-type': 'application/json',
            'idempotency-key': 'k',
          },
        });
      expect([(await ask('anna')).status, (await ask('anna')).status]).toEqual([201, 201]);
      const third = await ask('anna', '{');
      expect([third.status, Number(third.headers.get('retry-after')) > 0]).toEqual([429, true]);
      expect((await ask('bert')).status).toBe(201);
    } finally {
      await limited.server.stop();
    }
  });

  it('answers 429 to an address that keeps failing, but not to a token that is known', async () => {
    const limited = await startServer({ failureLimit: { requests: 2, seconds: 60 } });
    try {
      const ask = async (bearer: string) =>
        (await fetch(`${limited.url}/things`, { headers: { authorization: `Bearer ${bearer}` } })).status;
      const good = await token();
      expect(await ask(good)).toBe(200);
      expect([await ask('a.b.c'), await ask('a.b.c'), await ask('a.b.c')]).toEqual([401, 401, 429]);
      expect(await ask(good)).toBe(200);
    } finally {
      await limited.server.stop();
    }
  });
});

describe('slow senders and crowds', () => {
  it('are bounded by the server itself', () => {
    const { requestTimeout, headersTimeout, maxConnections, timeout } = running.server.app.getHttpServer();
    expect({ requestTimeout, headersTimeout, maxConnections, timeout }).toEqual({
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      maxConnections: 4_096,
      timeout: 120_000,
    });
  });
});

describe('stopping', () => {
  it('finishes what is in flight, refuses what is new, and closes the modules last', async () => {
    const stopping = await startServer();
    const gate = stopping.server.app.get(Gate, { strict: false });
    const store = stopping.server.app.get(Store, { strict: false });
    const slow = fetch(`${stopping.url}/things/slow`, { headers: { authorization } });
    await gate.entered;
    const stopped = stopping.server.stop();
    await expect(fetch(`${stopping.url}/readyz`)).rejects.toThrow();
    expect(store.isOpen).toBe(true);
    gate.open();
    expect(await (await slow).json()).toEqual({ done: true });
    await stopped;
    expect(store.isOpen).toBe(false);
  });
});
