import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../tools/free-port.mjs';

/**
 * `through`: passes everything on. `away`: refuses, and what was open is reset. `half-open`: accepts and keeps
 * connections, but nothing passes, neither way. `mute`: the server hears everything, but no answer passes. `slow`: passes
 * little at a time. `reset`: cuts each connection in the middle of a frame, after some kilobytes of it went through.
 */
export type ProxyMode = 'through' | 'away' | 'half-open' | 'mute' | 'slow' | 'reset';

const SLOW_BYTES = 8 * 1024;
const SLOW_EVERY_MS = 5;
/** Enough for a connection to come up and a request to be under way. */
const RESET_AFTER_BYTES = 20_011;

/** Stands between a client and a server on loopback and does to their connections what networks do. */
export class TcpFaultProxy {
  private readonly sockets = new Set<Socket>();
  private listener: Server | undefined;
  private mode: ProxyMode = 'through';
  private own = 0;
  private swallowing: (() => void)[] = [];
  private awaited: { readonly text: string; readonly heard: () => void } | undefined;
  private readonly muted = new Set<Socket>();

  /** where it leads; to be set before the first connection */
  targetPort = 0;
  targetHost = '127.0.0.1';

  static async start(): Promise<TcpFaultProxy> {
    const proxy = new TcpFaultProxy();
    proxy.own = await freePort();
    await proxy.listen();
    return proxy;
  }

  get port(): number {
    return this.own;
  }

  async become(mode: ProxyMode): Promise<void> {
    const before = this.mode;
    this.mode = mode;
    if (mode === 'away') {
      const closed = this.listener && once(this.listener, 'close');
      this.listener?.close();
      this.listener = undefined;
      for (const socket of this.sockets) socket.resetAndDestroy();
      await closed;
    } else if (before === 'away') await this.listen();
    // What was swallowed is lost: such a connection ends with a reset, as when the way comes back with other state.
    if (mode === 'through') {
      this.awaited = undefined;
      for (const reset of this.swallowing.splice(0)) reset();
    }
  }

  /** Whoever sends this text next hears nothing more: the server does what was asked, and the answer is lost. */
  muteAfter(text: string): Promise<void> {
    return new Promise((heard) => (this.awaited = { text, heard }));
  }

  async stop(): Promise<void> {
    await this.become('away');
  }

  private async listen(): Promise<void> {
    this.listener = createServer((client) => this.join(client));
    this.listener.listen(this.own, '127.0.0.1');
    await once(this.listener, 'listening');
  }

  private join(client: Socket): void {
    const server = connect(this.targetPort, this.targetHost);
    const end = (): void => {
      client.resetAndDestroy();
      server.resetAndDestroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        this.sockets.delete(socket);
        this.muted.delete(socket);
        end();
      });
    }
    this.pass(client, server, end, false);
    this.pass(server, client, end, true);
  }

  private pass(from: Socket, to: Socket, end: () => void, isAnswer: boolean): void {
    let passed = 0;
    from.on('data', (chunk: Buffer) => {
      passed += chunk.length;
      if (isAnswer && (this.mode === 'mute' || this.muted.has(to))) return void this.swallowing.push(end);
      if (!isAnswer && this.awaited && chunk.includes(this.awaited.text)) {
        this.muted.add(from);
        this.awaited.heard();
        this.awaited = undefined;
      }
      switch (this.mode) {
        case 'mute':
        case 'through':
          return void this.write(from, to, chunk);
        case 'slow':
          return this.trickle(from, to, chunk);
        case 'half-open':
          this.swallowing.push(end);
          return;
        case 'away':
          return end();
        case 'reset':
          if (passed < RESET_AFTER_BYTES) return void this.write(from, to, chunk);
          to.write(chunk.subarray(0, chunk.length >> 1), end);
      }
    });
  }

  /** No faster than the other end takes it. */
  private write(from: Socket, to: Socket, chunk: Buffer): void {
    if (to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  }

  private trickle(from: Socket, to: Socket, chunk: Buffer): void {
    from.pause();
    const next = (at: number): void => {
      if (to.destroyed) return;
      if (at >= chunk.length) return void from.resume();
      to.write(chunk.subarray(at, at + SLOW_BYTES));
      setTimeout(() => next(at + SLOW_BYTES), SLOW_EVERY_MS).unref();
    };
    next(0);
  }
}
