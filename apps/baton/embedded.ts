import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { assertDevTokensAllowed } from '../../libs/http-kit/dev-tokens-allowed.js';
import { DevTokenIssuer, devKeyFile } from '../../libs/http-kit/dev-tokens.js';
import { tokenVerifier } from '../../libs/http-kit/token-verifier.js';
import { randomPool } from '../../libs/ids/random-pool.js';
import { cachingKeyStore } from '../../libs/personal-data/caching-key-store.js';
import { createLogger } from '../../libs/telemetry/logger.js';
import type { Running } from './compose.js';
import { embeddedTrail, trailInThread } from './embedded-trail.js';
import { openEmbeddedStores } from './embedded-stores.js';
import type { Settings } from './settings.js';

/**
 * Everything in one process on SQLite files: what `npm start` runs, and what the CLI runs where no server is.
 *
 * @throws with one clear line where a setting, a file or a lock does not allow the start; nothing is then left open
 */
export async function startEmbedded(settings: Settings): Promise<Running> {
  const { dataDir, host, issuer } = settings;
  const externalServers = settings.kafka ? ['BATON_KAFKA'] : [];
  if (!issuer) assertDevTokensAllowed({ host, hasIssuer: false, externalServers });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const clock = Date.now;
  const random = randomPool();
  const verified = issuer ?? (await DevTokenIssuer.open(devKeyFile(dataDir), clock)).settings;
  const opening = openEmbeddedStores(dataDir, random);
  try {
    // Most of the program is read only now, while the stores' threads start.
    const [stores, { composeBaton }] = await Promise.all([opening, import('./compose.js')]);
    const { store, database, views, keyStore, ring, signer } = stores;
    const place = embeddedTrail(dataDir, signer);
    return await composeBaton({
      settings,
      trail: { place, open: trailInThread(dataDir, place, store) },
      store,
      storeFault: () => store.fault?.message,
      database,
      ...(views && { views }),
      keys: cachingKeyStore(keyStore, { elapsed: () => performance.now() }),
      ring,
      signer,
      random,
      newRequestId: randomUUID,
      clock,
      verifyToken: tokenVerifier(verified, clock),
      logger: createLogger('baton', settings.logLevel),
      closeStores: stores.close,
    });
  } catch (fault) {
    await opening.then(
      ({ close }) => close(),
      () => undefined,
    );
    throw fault;
  }
}
