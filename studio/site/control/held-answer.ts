import type { Response } from 'express';

export interface HeldAnswer {
  readonly body: Buffer;
  /** Sends these bytes with the answer's own status and headers; a cut breaks the connection after them. */
  send(bytes: Buffer, isCut: boolean): void;
  /** Forgets the answer and its headers: another one can be given. */
  discard(): void;
}

/** Keeps back what a handler answers and hands it over once it is whole. */
export function holdAnswer(res: Response, onAnswer: (answer: HeldAnswer) => void): void {
  const write = res.write.bind(res);
  const end = res.end.bind(res);
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === 'string') chunks.push(Buffer.from(chunk, encodingOf(encoding)));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const release = (): void => {
    res.write = write;
    res.end = end;
  };

  res.write = (chunk: unknown, encoding?: unknown) => {
    keep(chunk, encoding);
    return true;
  };
  res.end = (chunk?: unknown, encoding?: unknown) => {
    keep(chunk, encoding);
    release();
    const body = Buffer.concat(chunks);
    onAnswer({
      body,
      send(bytes, isCut) {
        if (res.destroyed) return;
        res.setHeader('Content-Length', isCut ? body.length : bytes.length);
        if (isCut) res.write(bytes, () => res.socket?.destroy());
        else res.end(bytes);
      },
      discard() {
        for (const name of res.getHeaderNames()) res.removeHeader(name);
      },
    });
    return res;
  };
}

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
}
