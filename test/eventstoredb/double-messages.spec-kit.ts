import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { Appended, Expected, LoggedEvent, ProposedEvent } from './double-log.spec-kit.js';

/** Between the wire's messages and the double's log. */
export function expectedOf(options: AppendReq.Options): Expected {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasRevision()) return Number(options.getRevision());
  return options.hasStreamExists() ? 'stream-exists' : 'any';
}

export function proposedOf(message: AppendReq.ProposedMessage): ProposedEvent {
  return {
    id: message.getId()?.getString() || structured(message.getId()),
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

function structured(id: shared.UUID | undefined): string {
  const part = id?.getStructured();
  const hex = [part?.getMostSignificantBits(), part?.getLeastSignificantBits()]
    .map((bits) =>
      BigInt.asUintN(64, BigInt(bits ?? '0'))
        .toString(16)
        .padStart(16, '0'),
    )
    .join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const streamNameOf = (identifier: shared.StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export function appendAnswer(appended: Appended): streams.AppendResp {
  const answer = new streams.AppendResp();
  if ('actual' in appended) {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (appended.actual === 'no-stream') wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(appended.actual));
    answer.setWrongExpectedVersion(wrong);
    return answer;
  }
  const success = new streams.AppendResp.Success();
  if (appended.revision < 0) success.setNoStream(new shared.Empty());
  else success.setCurrentRevision(String(appended.revision));
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(String(appended.position));
  position.setPreparePosition(String(appended.position));
  success.setPosition(position);
  answer.setSuccess(success);
  return answer;
}

export function eventMessage(event: LoggedEvent): streams.ReadResp {
  const record = new streams.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(event.id);
  record.setId(id);
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(event.stream).toString('base64'));
  record.setStreamIdentifier(identifier);
  record.setStreamRevision(String(event.revision));
  record.setCommitPosition(String(event.position));
  record.setPreparePosition(String(event.position));
  record.getMetadataMap().set('type', event.type);
  record.getMetadataMap().set('content-type', event.contentType);
  record.getMetadataMap().set('created', '17000000000000000');
  record.setData(event.data);
  record.setCustomMetadata(event.metadata);
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(record);
  read.setCommitPosition(String(event.position));
  const message = new streams.ReadResp();
  message.setEvent(read);
  return message;
}

export function confirmation(): streams.ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId(crypto.randomUUID());
  const message = new streams.ReadResp();
  message.setConfirmation(confirmed);
  return message;
}

export function streamNotFound(name: string): streams.ReadResp {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name).toString('base64'));
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifier);
  const message = new streams.ReadResp();
  message.setStreamNotFound(missing);
  return message;
}

export interface ReadAsked {
  /** absent: `$all` */
  readonly stream?: string;
  readonly isBackward: boolean;
  readonly count: number;
  readonly isSubscription: boolean;
  /** a revision or a commit position */
  readonly from: 'start' | 'end' | bigint;
}

export function readAsked(request: ReadReq): ReadAsked {
  const options = request.getOptions();
  if (!options) throw new Error('a read without options');
  const rest = {
    isBackward: options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    count: Number(options.getCount() || Number.MAX_SAFE_INTEGER),
    isSubscription: options.hasSubscription(),
  };
  const of = options.getStream();
  if (of) {
    const from = of.hasStart() ? 'start' : of.hasEnd() ? 'end' : BigInt(of.getRevision());
    return { ...rest, stream: streamNameOf(of.getStreamIdentifier()), from };
  }
  const all = options.getAll();
  const from = all?.hasStart() ? 'start' : all?.hasEnd() ? 'end' : BigInt(all?.getPosition()?.getCommitPosition() ?? 0);
  return { ...rest, from };
}

/** An error as the server says it: a code, and its name for it in the trailers. */
export function serverError(
  code: status,
  exception?: string,
  more: Record<string, string> = {},
): Partial<ServiceError> & { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  if (exception !== undefined) metadata.set('exception', exception);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return { code, details: exception ?? status[code], metadata };
}
