import { connect, type Socket } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const HEAD_END = '\r\n\r\n';

/**
 * One kept-alive connection that sends one request at a time. Client and server share the machine's cores, so it does
 * the least that a client must: it waits for the whole answer and looks at its status.
 */
export class HttpConnection {
  #received = '';
  #waiting: { resolve(answer: HttpAnswer): void; reject(fault: Error): void } | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    // Bodies are ASCII here, so that characters are bytes.
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', (fault) => this.#waiting?.reject(fault));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  static open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new HttpConnection(socket))).once('error', reject);
    });
  }

  /** @param request head and body, as they go over the line */
  send(request: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      // A server may close a connection that was idle for seconds; then nothing would ever be heard.
      if (this.socket.destroyed) throw new Error('the server has closed the connection');
      this.#waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  /** A server closes what was idle for seconds. */
  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  close(): void {
    this.socket.destroy();
  }

  #take(chunk: string): void {
    this.#received += chunk;
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.slice(0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#waiting?.reject(new Error('an answer without Content-Length'));
      return;
    }
    const end = headEnd + HEAD_END.length + Number(length);
    if (this.#received.length < end) return;
    const body = this.#received.slice(headEnd + HEAD_END.length, end);
    this.#received = this.#received.slice(end);
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
