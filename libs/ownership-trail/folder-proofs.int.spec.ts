import { rmSync } from 'node:fs';
import { encodeLeaf, leafOf } from '../contracts/leaf.js';
import { auditBundle } from './audit-bundle.js';
import { MOST_BUNDLE_LEAVES } from './bundle-format.js';
import { FolderProofs } from './folder-proofs.js';
import { newTrailFolder } from './trail.spec-kit.js';
import { EVENT_KEYS, policyOf, policyText, recorded, stewardChange, WitnessedLog } from './witnessed-log.spec-kit.js';

const T0 = 1_700_000_000;
const HOUR = 3_600;
const checks = { policy: policyOf(policyText()), eventKeys: EVENT_KEYS };
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
const newLog = (): WitnessedLog => {
  const log = new WitnessedLog();
  folders.push(log.folder);
  return log;
};
const events = recorded(
  Array.from({ length: 40 }, (_, at) => {
    const stream = `lead-${at % 2 === 0 ? 'a' : 'b'}`;
    return { ...stewardChange(stream, Math.floor(at / 2), T0 + at * HOUR), stream };
  }),
);

describe('Proofs out of a log’s folder', () => {
  it('are of the log as it stood when it was opened, whatever is sealed meanwhile', async () => {
    const log = newLog();
    log.publish(T0 - 60);
    for (const event of events.slice(0, 30)) log.seal([event], Number(event.position) * HOUR + T0 - HOUR + 5);
    const reached: number[] = [];
    const proofs = await FolderProofs.open(log.folder, (leaves) => reached.push(leaves));
    for (const event of events.slice(30)) log.seal([event], Number(event.position) * HOUR + T0 - HOUR + 5);
    const bundle = await proofs.of('a');
    expect(bundle).toMatchObject({ stream: 'lead-a' });
    if (bundle === undefined || bundle === 'too-long') throw new Error('no bundle');
    expect(bundle.leaves).toHaveLength(15);
    expect(reached).toEqual([30]);
    const report = await auditBundle(Buffer.from(JSON.stringify(bundle)), { ...checks, log: log.folder });
    expect(report).toMatchObject({ verdict: 'proven', complete: 'shown', newer: 5 });
    expect(await proofs.of('c')).toBeUndefined();
  });

  it('of a team are those of the leads that it had in the period, as far as they are few enough', async () => {
    const log = newLog();
    log.publish(T0 - 60);
    for (const event of events) log.seal([event], Number(event.position) * HOUR + T0 - HOUR + 5);
    const proofs = await FolderProofs.open(log.folder);
    const leads = async (team: string, period: { from?: string; to?: string }, most = 100) => {
      const found = await proofs.ofTeam(team, period, most);
      return found === 'too-many' ? found : found.map(([lead]) => lead);
    };
    const time = (hours: number) => new Date((T0 + hours * HOUR) * 1_000).toISOString();
    expect(await leads('north', {})).toEqual(['a', 'b']);
    // The second lead begins an hour after the first, and both are still held.
    expect(await leads('north', { to: time(1) })).toEqual(['a']);
    expect(await leads('north', { from: time(1_000) })).toEqual(['a', 'b']);
    expect(await leads('south', {})).toEqual([]);
    expect(await leads('north', {}, 1)).toBe('too-many');
  });

  it('are refused for a lead with more leaves than a bundle holds, and for a folder that is no log', async () => {
    const log = newLog();
    for (let revision = 0; revision <= MOST_BUNDLE_LEAVES; revision += 1) {
      const event = {
        ...stewardChange('lead-a', revision, T0),
        stream: 'lead-a',
        revision,
        position: String(revision),
      };
      log.add(encodeLeaf(leafOf(event, log.lastOf('lead-a'))), 'lead-a');
    }
    log.publish(T0 + 60);
    expect(await (await FolderProofs.open(log.folder)).of('a')).toBe('too-long');
    const empty = newTrailFolder();
    folders.push(empty);
    await expect(FolderProofs.open(empty)).rejects.toThrow('has no checkpoint that can be read');
  });
});
