interface StreamPlace {
  readonly stream: string;
  readonly revision: number;
}

/**
 * An event of a type or version that this program does not know stands in a stream that it has to decide on: a newer
 * program wrote it, or somebody else. Nothing may be decided on what was half understood, so whoever folds stops.
 */
export class UnknownEvent extends Error {
  override name = 'UnknownEvent';
  readonly disclosable = true;
  readonly place: StreamPlace;
  constructor(
    { stream, revision }: StreamPlace,
    readonly type: string,
  ) {
    super(`${stream}@${revision} is ${type}, which this program does not know`);
    this.place = { stream, revision };
  }
}
