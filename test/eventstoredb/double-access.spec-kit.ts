import type { DoubleLog } from './double-log.spec-kit.js';

export type Right = 'read' | 'write' | 'delete' | 'meta-read' | 'meta-write';
type Acl = Readonly<Record<string, readonly string[] | string>>;

const KEYS: Record<Right, string> = {
  read: '$r',
  write: '$w',
  delete: '$d',
  'meta-read': '$mr',
  'meta-write': '$mw',
};

/** Users, groups and the access rules that a server with TLS holds them to. */
export class DoubleAccess {
  readonly users = new Map<string, { password: string; groups: readonly string[] }>([
    ['admin', { password: 'changeit', groups: ['$admins'] }],
  ]);

  /** @returns who it is, where the password is right */
  userOf(authorization: unknown): string | undefined {
    const [, encoded = ''] = /^Basic (.+)$/.exec(String(authorization)) ?? [];
    const [name = '', password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
    return this.users.get(name)?.password === password ? name : undefined;
  }

  refusal(authorization: unknown, right: Right, stream: string, log: DoubleLog): 'unknown-user' | 'denied' | undefined {
    const name = this.userOf(authorization);
    if (name === undefined) return 'unknown-user';
    const isMeta = stream.startsWith('$$');
    const asked: Right = isMeta && right === 'write' ? 'meta-write' : isMeta && right === 'read' ? 'meta-read' : right;
    const groups = [name, ...(this.users.get(name)?.groups ?? [])];
    if (groups.includes('$admins')) return undefined;
    const of = isMeta ? stream.slice(2) : stream;
    const allowed = this.#defaults(log, of.startsWith('$'))[KEYS[asked]] ?? '$admins';
    return [allowed].flat().some((one) => one === '$all' || groups.includes(one)) ? undefined : 'denied';
  }

  #defaults(log: DoubleLog, isSystem: boolean): Acl {
    const last = log.stream('$settings')?.findLast(({ type }) => type === 'update-default-acl');
    const set = last && (JSON.parse(Buffer.from(last.data).toString('utf8')) as Record<string, Acl>);
    const own: Acl = isSystem ? {} : { $r: '$all', $w: '$all', $d: '$all', $mr: '$all', $mw: '$all' };
    return set?.[isSystem ? '$systemStreamAcl' : '$userStreamAcl'] ?? own;
  }
}
