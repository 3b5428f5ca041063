interface StreamPlace {
  readonly stream: string;
  readonly revision: number;
}

/**
 * An event of a type or version that this program does not know, or without what its type must have, stands in a stream
 * that it has to decide on: a newer program wrote it, or somebody else. Nothing may be decided on what was half understood, so whoever folds stops.
 */
export class UnknownEvent extends Error {
  override name = 'UnknownEvent';
  readonly disclosable = true;
  readonly place: StreamPlace;
  constructor(
    { stream, revision }: StreamPlace,
    readonly type: string,
    /** what a fold threw at it; absent where its type or version is unknown */
    cause?: unknown,
  ) {
    const why = cause === undefined ? 'which this program does not know' : 'but not as this program knows it';
    super(`${stream}@${revision} is ${type}, ${why}`, cause === undefined ? {} : { cause });
    this.place = { stream, revision };
  }
}
