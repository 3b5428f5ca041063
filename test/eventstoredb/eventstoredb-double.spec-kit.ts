import {
  Server,
  ServerCredentials,
  status,
  type Metadata,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import service from '@eventstore/db-client/generated/streams_grpc_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import type {
  AppendReq,
  AppendResp,
  DeleteReq,
  DeleteResp,
  ReadReq,
  ReadResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import { freePort } from '../../tools/free-port.mjs';
import type { DoubleAccess } from './double-access.spec-kit.js';
import { DoubleLog, type Appended, type Expected, type LoggedEvent } from './double-log.spec-kit.js';
import {
  appendAnswer,
  confirmation,
  eventMessage,
  expectedOf,
  proposedOf,
  readAsked,
  serverError,
  streamNameOf,
  streamNotFound,
  type ReadAsked,
} from './double-messages.spec-kit.js';

/**
 * How a call goes wrong. `unanswered` takes effect all the same; `conflict` is what an append hears whose writer lost to
 * another that a new leader then took back: the stream stands where the writer believed.
 */
export type Fault =
  | 'conflict'
  | 'silence'
  | 'unanswered'
  | 'unavailable-after-taking'
  | 'clean-end'
  | 'unavailable'
  | 'internal'
  | 'not-leader'
  | 'denied'
  | 'truncated'
  | { readonly slowMs: number };

export interface Called {
  readonly kind: 'append' | 'read' | 'subscribe';
  /** of this kind, from 1 */
  readonly nth: number;
  readonly stream?: string;
}

/**
 * EventStoreDB's stream service on a real socket, by the client's own service definitions, with faults on demand.
 * Clients reach it by `address`.
 */
export class EventStoreDbDouble {
  readonly log: DoubleLog;
  /** asked before each call */
  fault: (called: Called) => Fault | undefined = () => undefined;
  /** calls over the shared stream of batches, which Baton must never use */
  batchAppends = 0;
  readonly calls = { append: 0, read: 0, subscribe: 0 };
  /** where `not-leader` sends the client */
  leader = { host: '127.0.0.1', port: 0 };
  port = 0;
  #server: Server | undefined;
  readonly #open = new Set<ServerWritableStream<ReadReq, ReadResp>>();

  private constructor(
    log: DoubleLog,
    private readonly access?: DoubleAccess,
    private readonly certificate?: { readonly key: Buffer; readonly cert: Buffer },
  ) {
    this.log = log;
  }

  static async start(
    options: {
      readonly noisy?: boolean;
      readonly log?: DoubleLog;
      readonly access?: DoubleAccess;
      readonly certificate?: { readonly key: Buffer; readonly cert: Buffer };
    } = {},
  ): Promise<EventStoreDbDouble> {
    const log = options.log ?? new DoubleLog(options.noisy ?? false);
    const double = new EventStoreDbDouble(log, options.access, options.certificate);
    double.port = await freePort();
    await double.listen();
    return double;
  }

  get address(): string {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** reads that the client has neither ended nor cancelled */
  get openReads(): number {
    return this.#open.size;
  }

  async listen(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 20 * 1024 * 1024 });
    server.addService(service.StreamsService, {
      append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) =>
        void this.#append(call, answer),
      read: (call: ServerWritableStream<ReadReq, ReadResp>) => void this.#read(call),
      delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>) =>
        this.#delete(call, answer),
      tombstone: (_: unknown, answer: sendUnaryData<never>) => answer(serverError(status.UNIMPLEMENTED)),
      batchAppend: (call: { end(): void }) => {
        this.batchAppends += 1;
        call.end();
      },
    });
    const credentials = this.certificate
      ? ServerCredentials.createSsl(null, [{ private_key: this.certificate.key, cert_chain: this.certificate.cert }])
      : ServerCredentials.createInsecure();
    await new Promise<void>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${this.port}`, credentials, (error) => (error ? reject(error) : resolve())),
    );
    this.#server = server;
  }

  /** Gone, as by kill -9; `listen` brings it back at the same port with the same log. */
  stop(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
    this.#open.clear();
  }

  /** Ends every subscription as if that were no failure. */
  endSubscriptions(): void {
    for (const call of this.#open) call.end();
  }

  async #append(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): Promise<void> {
    const proposed: ReturnType<typeof proposedOf>[] = [];
    let options: AppendReq.Options | undefined;
    try {
      for await (const request of call as AsyncIterable<AppendReq>) {
        options ??= request.getOptions();
        const message = request.getProposedMessage();
        if (message) proposed.push(proposedOf(message));
      }
    } catch {
      // The client went away before it had said all: nothing is taken.
    }
    if (!options || call.cancelled) return;
    const stream = streamNameOf(options.getStreamIdentifier());
    const fault = this.fault({ kind: 'append', nth: (this.calls.append += 1), stream });
    if (typeof fault === 'object') await later(fault.slowMs);
    const refusal = this.#refusal(fault, call.metadata, 'write', stream);
    if (refusal) return answer(refusal);
    if (fault === 'silence') return;
    const expected = expectedOf(options);
    if (fault === 'conflict') return answer(null, appendAnswer(takenBack(expected)));
    const appended = this.log.append(stream, expected, proposed);
    if (fault === 'unanswered') return;
    if (fault === 'unavailable-after-taking') return answer(serverError(status.UNAVAILABLE));
    // The server that ends a unary call without a message.
    if (fault === 'clean-end') return answer(null, null);
    answer(null, appendAnswer(appended));
  }

  async #read(call: ServerWritableStream<ReadReq, ReadResp>): Promise<void> {
    const asked = readAsked(call.request);
    const kind = asked.isSubscription ? 'subscribe' : 'read';
    this.#open.add(call);
    for (const end of ['cancelled', 'finish', 'close'] as const) call.on(end, () => this.#open.delete(call));
    const fault = this.fault({ kind, nth: (this.calls[kind] += 1), ...(asked.stream && { stream: asked.stream }) });
    if (typeof fault === 'object') await later(fault.slowMs);
    const refusal = this.#refusal(fault, call.metadata, 'read', asked.stream ?? '$all');
    if (refusal) {
      call.emit('error', refusal);
      return;
    }
    if (fault === 'silence') return;
    if (asked.isSubscription) return this.#subscribe(call, asked, fault);
    const events = this.#page(asked);
    if (events === undefined) {
      call.write(streamNotFound(asked.stream ?? ''));
      call.end();
      return;
    }
    const told = fault === 'truncated' || fault === 'clean-end' ? events.slice(0, events.length >> 1) : events;
    for (const event of told) call.write(eventMessage(event));
    if (fault === 'truncated') call.emit('error', serverError(status.INTERNAL));
    else call.end();
  }

  #subscribe(call: ServerWritableStream<ReadReq, ReadResp>, { from }: ReadAsked, fault: Fault | undefined): void {
    const { all } = this.log;
    let next = from === 'start' ? 0 : from === 'end' ? all.length : all.findIndex(({ position }) => position > from);
    if (next < 0) next = all.length;
    call.write(confirmation());
    const unwatch = this.log.watch(() => send());
    const send = (): void => {
      for (; next < all.length; next += 1) {
        const event = all[next];
        if (event) call.write(eventMessage(event));
        if (fault === 'truncated') return end(() => call.emit('error', serverError(status.INTERNAL)));
        if (fault === 'clean-end') return end(() => call.end());
      }
    };
    const end = (how: () => void): void => {
      unwatch();
      how();
    };
    call.on('cancelled', unwatch);
    call.on('finish', unwatch);
    send();
  }

  #page({ stream, isBackward, count, from }: ReadAsked): readonly LoggedEvent[] | undefined {
    const events = stream === undefined ? this.log.all : this.log.stream(stream);
    if (events === undefined) return undefined;
    const at = (event: LoggedEvent): bigint => (stream === undefined ? event.position : BigInt(event.revision));
    if (!isBackward) return events.filter((event) => from === 'start' || at(event) >= BigInt(from)).slice(0, count);
    // Backward over all streams begins before the position, in one stream with the revision; beyond its end is nothing.
    const isIn = (event: LoggedEvent): boolean =>
      from === 'end' || (stream === undefined ? at(event) < BigInt(from) : at(event) <= BigInt(from));
    if (stream !== undefined && typeof from === 'bigint' && from >= BigInt(events.length) + BigInt(count)) return [];
    return events.filter(isIn).toReversed().slice(0, count);
  }

  #delete(call: ServerUnaryCall<DeleteReq, DeleteResp>, answer: sendUnaryData<DeleteResp>): void {
    const stream = streamNameOf(call.request.getOptions()?.getStreamIdentifier());
    const refusal = this.#refusal(undefined, call.metadata, 'delete', stream);
    if (refusal) answer(refusal);
    else answer(null, new messages.DeleteResp());
  }

  #refusal(fault: Fault | undefined, metadata: Metadata, right: 'read' | 'write' | 'delete', stream: string) {
    if (fault === 'unavailable') return serverError(status.UNAVAILABLE);
    if (fault === 'internal') return serverError(status.INTERNAL);
    if (fault === 'denied') return serverError(status.PERMISSION_DENIED, 'access-denied');
    if (fault === 'not-leader')
      return serverError(status.NOT_FOUND, 'not-leader', {
        'leader-endpoint-host': this.leader.host,
        'leader-endpoint-port': String(this.leader.port),
      });
    const refused = this.access?.refusal(metadata.get('authorization')[0], right, stream, this.log);
    if (refused === 'unknown-user') return serverError(status.UNAUTHENTICATED);
    return refused && serverError(status.PERMISSION_DENIED, 'access-denied');
  }
}

const takenBack = (expected: Expected): Appended => ({ actual: typeof expected === 'number' ? expected + 1 : 0 });

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
