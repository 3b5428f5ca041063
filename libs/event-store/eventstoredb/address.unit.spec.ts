import { AddressRefused, eventStoreDbAddress } from './address.js';

describe('the address of an EventStoreDB', () => {
  it('is taken apart, and what may be shown has no password', () => {
    const address = eventStoreDbAddress('esdb://baton:p%40ss%3Aw%C3%B6rd@db.example:2114?tlsCAFile=%2Fetc%2Fca.pem');
    expect(address).toMatchObject({
      shown: 'db.example:2114',
      hosts: [{ host: 'db.example', port: 2114 }],
      isTls: true,
      credentials: { username: 'baton', password: 'p@ss:wörd' },
      caFile: '/etc/ca.pem',
    });
    expect(address.text).toBe('esdb://baton:p%40ss%3Aw%C3%B6rd@db.example:2114?tlsCAFile=%2Fetc%2Fca.pem');
  });

  it('may name a cluster, whose leader then answers', () => {
    expect(eventStoreDbAddress('esdb://u:p@a,b:2114,c:2115/')).toMatchObject({
      shown: 'a:2113,b:2114,c:2115',
      text: 'esdb://u:p@a:2113,b:2114,c:2115?nodePreference=leader',
    });
    expect(eventStoreDbAddress('esdb+discover://u:p@c.example?nodePreference=follower').text).toBe(
      'esdb+discover://u:p@c.example:2113?nodePreference=follower',
    );
    expect(eventStoreDbAddress('esdb://127.0.0.1:2113?tls=false')).toMatchObject({ isTls: false });
  });

  it.each([
    ['http://db.example', /must look like esdb:/],
    ['esdb://', /must look like esdb:/],
    ['esdb://u:secret@db.example:99999', /each host must be HOST or HOST:PORT/],
    ['esdb://u:secret@db_.example:port', /each host must be HOST or HOST:PORT/],
    ['esdb://db.example', /wants USER:PASSWORD@ before the host/],
    ['esdb://secret@db.example', /before "@" must stand USER:PASSWORD/],
    ['esdb://u:secret%zz@db.example', /percent-encoded/],
    ['esdb://u:secret@db.example?tls=maybe', /tls must be true or false/],
    ['esdb://u:secret@db.example?tlsVerifyCert=false', /after "\?" only tls, tlsCAFile, /],
    ['esdb://u:secret@db.example?throwOnAppendFailure=false', /after "\?" only /],
    ['esdb://u:secret@db.example?keepAliveInterval=500', /at least 10000 ms/],
    ['esdb://u:secret@db.example?gossipTimeout=soon', /gossipTimeout must be a whole number/],
  ])('is refused in one line that does not repeat it: %s', (text, rule) => {
    const refused = (): unknown => {
      try {
        return eventStoreDbAddress(text);
      } catch (error) {
        return error;
      }
    };
    expect(refused()).toBeInstanceOf(AddressRefused);
    const { message } = refused() as Error;
    expect(message).toMatch(/^BATON_EVENT_STORE: /);
    expect(message).toMatch(rule);
    expect(message).not.toMatch(/secret|\n/);
  });
});
