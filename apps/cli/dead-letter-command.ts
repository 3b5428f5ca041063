import type { Command } from 'commander';
import type { JsonObject } from '../../libs/decider/json.js';
import type { LetterHead, Resumed, WaitingStream } from '../../libs/projection-runner/dead-letter-operations.js';
import { answered } from './answered.js';
import { CommandFailed, EXIT, EXIT_HELP } from './exit-codes.js';
import { addOperatingOptions, operate, print, type OperatingOptions } from './operating.js';
import { tableOf } from './table.js';
import { terminalColumns } from './terminal-columns.js';

/** `baton dead-letter`: streams that wait because a view could not fold an event of theirs. */
export function addDeadLetterCommand(program: Command): void {
  const letters = program.command('dead-letter').description('what views could not fold: for administrators');
  const add = (usage: string, description: string): Command =>
    addOperatingOptions(letters.command(usage).description(description)).addHelpText('after', EXIT_HELP);
  add('list', 'the streams that wait, longest first').action(list);
  add('show <view> <stream>', 'the events of a stream that wait').action(show);
  add('retry <view> <stream>', 'go on with a stream, in its order, after what was wrong is mended').action(retry);
  add('release <view> <place>', 'pass over one event (<stream>@<revision>) for good, in every rebuild too').action(
    release,
  );
}

async function list(options: OperatingOptions): Promise<void> {
  const body = await operate(options, async (api) => answered(await api.get('/dead-letters')));
  print(body, options, () => waitingText(body['streams'] as unknown as readonly WaitingStream[]));
}

async function show(view: string, stream: string, options: OperatingOptions): Promise<void> {
  const body = await operate(options, async (api) => answered(await api.get(pathOf(view, stream))));
  print(body, options, () => lettersText(body['letters'] as unknown as readonly LetterHead[]));
}

async function retry(view: string, stream: string, options: OperatingOptions): Promise<void> {
  const body = await operate(options, async (api, key) =>
    answered(await api.post(`${pathOf(view, stream)}/retry`, {}, key)),
  );
  print(body, options, () => resumedText(body));
}

async function release(view: string, place: string, options: OperatingOptions): Promise<void> {
  const [, stream = '', revision = ''] = /^(.+)@(\d{1,15})$/.exec(place) ?? [];
  if (stream === '') throw new CommandFailed(EXIT.unusableInput, 'the place must be <stream>@<revision>');
  const body = await operate(options, async (api, key) =>
    answered(await api.post(`${pathOf(view, stream)}/release`, { revision: Number(revision) }, key)),
  );
  print(body, options, () => resumedText(body));
}

const pathOf = (view: string, stream: string): string =>
  `/dead-letters/${encodeURIComponent(view)}/${encodeURIComponent(stream)}`;

function waitingText(streams: readonly WaitingStream[]): string {
  if (streams.length === 0) return 'Nothing waits.\n';
  const rows = streams.map(({ build, stream, revision, eventType, fault, events, parkedAt }) => [
    build,
    `${stream}@${revision}`,
    `${eventType}\n${fault}`,
    String(events),
    parkedAt,
  ]);
  return tableOf(['Build', 'Waits at', 'Event / fault', 'Events', 'Since'], rows, terminalColumns());
}

function lettersText(letters: readonly LetterHead[]): string {
  const rows = letters.map(({ build, revision, event_type, fault, parked_at }) => [
    build,
    String(revision),
    event_type,
    fault,
    parked_at,
  ]);
  return tableOf(['Build', 'Revision', 'Event', 'Fault', 'Since'], rows, terminalColumns());
}

function resumedText(body: JsonObject): string {
  const lines = (body['builds'] as unknown as readonly Resumed[]).map((resumed) => {
    if ('resumed' in resumed) return `${resumed.build} goes on.\n`;
    const { build, folded, stoppedAt } = resumed;
    const end = stoppedAt ? `waits at revision ${stoppedAt.revision}: ${stoppedAt.fault}` : 'nothing waits any more';
    return `${build}: ${folded} done, ${end}.\n`;
  });
  return lines.join('');
}
