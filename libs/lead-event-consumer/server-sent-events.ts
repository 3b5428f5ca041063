export interface ServerSentEvent {
  /** of this event, else the last that stood before it */
  readonly id: string | undefined;
  /** `message` unless it says otherwise */
  readonly event: string;
  /** undefined where only an id or a comment came */
  readonly data: string | undefined;
}

/** No event of Baton is longer; whatever else answers there must not fill the memory. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/**
 * The messages in a body of text/event-stream, however it is cut into parts.
 *
 * @throws RangeError for a message without end
 */
export async function* serverSentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let text = '';
  let id: string | undefined;
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const message = parsed(text.slice(0, end));
      text = text.slice(end + 2);
      id = message.id ?? id;
      yield { ...message, id };
    }
    if (text.length > MOST_CHARACTERS) throw new RangeError('a message of the feed does not end');
  }
}

function parsed(block: string): ServerSentEvent {
  const fields = new Map<string, string[]>();
  for (const line of block.split('\n')) {
    const [, name, value] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return {
    id: fields.get('id')?.at(-1),
    event: fields.get('event')?.at(-1) ?? 'message',
    data: fields.get('data')?.join('\n'),
  };
}
