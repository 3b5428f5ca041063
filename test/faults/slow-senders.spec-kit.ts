import { connect, type Socket } from 'node:net';

const A_BYTE_EVERY_MS = 250;

/** Clients that send a request a byte at a time, and never come to its end. */
export class SlowSenders {
  private readonly sockets: readonly Socket[];
  private readonly sending: NodeJS.Timeout;

  constructor(url: string, count: number) {
    const { hostname, port } = new URL(url);
    this.sockets = Array.from({ length: count }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.resume();
      socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ');
      return socket;
    });
    this.sending = setInterval(() => {
      for (const socket of this.sockets) if (socket.writable) socket.write('a');
    }, A_BYTE_EVERY_MS);
  }

  /** Resolves when the server has closed all of them. */
  async turnedAway(): Promise<void> {
    const open = this.sockets.filter(({ closed }) => !closed);
    // A byte on its way to a socket that the server closes is answered by a reset: turned away as well.
    await Promise.all(open.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))));
    clearInterval(this.sending);
  }

  end(): void {
    clearInterval(this.sending);
    for (const socket of this.sockets) socket.destroy();
  }
}
