import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DevTokenIssuer } from '../libs/http-kit/dev-tokens.js';
import { POLICY, ROLES, TEAMS, type Person } from './people.js';

const TOKEN_SECONDS = 3_600;

/** A running Baton as its people reach it, with the development key of its data folder. */
export class BatonApi {
  private constructor(
    private readonly url: string,
    private readonly issuer: DevTokenIssuer,
  ) {}

  static async of(url: string, dataDir: string): Promise<BatonApi> {
    return new BatonApi(url, await DevTokenIssuer.open(join(dataDir, 'dev-key.pem'), Date.now));
  }

  tokenOf(person: Person): Promise<string> {
    return this.issuer.issue({ subject: person, roles: ROLES[person], lifetimeSeconds: TOKEN_SECONDS });
  }

  /** Both teams, and a policy signed by both: every lead is scored from then on. */
  async agree(): Promise<void> {
    for (const { id, kind, person } of TEAMS) {
      await this.#post('root', `/teams/${id}/form`, { kind, name: id });
      for (const step of ['join', 'appoint-manager', 'list-signatory']) {
        await this.#post('root', `/teams/${id}/${step}`, { person });
      }
    }
    const proposed = await this.#post('maria', '/policies/default/propose', { content: POLICY });
    const { version, contentHash } = proposed as { version: number; contentHash: string };
    for (const person of ['maria', 'sven'] as const) {
      await this.#post(person, '/policies/default/sign', { version, contentHash });
    }
  }

  /** Waits until the views have a lead, and with it everything that was written before. */
  async whenSeen(lead: string, revision: number): Promise<void> {
    await this.#when(`/leads/${lead}/card?after=${lead}@${revision}`, await this.tokenOf('maria'));
  }

  /** Waits until a lead stands in the trail, sealed and indexed, and with it everything that was written before. */
  async whenSealed(lead: string, revision: number): Promise<void> {
    const auditor = { subject: 'auditor', roles: ['auditor'], lifetimeSeconds: TOKEN_SECONDS } as const;
    await this.#when(`/audit/leads/${lead}/ownership?after=${lead}@${revision}`, await this.issuer.issue(auditor));
  }

  async #when(path: string, token: string): Promise<void> {
    for (;;) {
      const answer = await fetch(this.url + path, { headers: { authorization: `Bearer ${token}` } });
      const text = await answer.text();
      if (answer.ok) return;
      // What is asked for is behind for longer than a request may wait.
      if (answer.status !== 503) throw new Error(`a lead is not to be had: ${answer.status} ${text}`);
    }
  }

  async #post(person: Person, path: string, body: object): Promise<unknown> {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.tokenOf(person)}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
