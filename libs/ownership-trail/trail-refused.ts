/** The log is not what it must be, or somebody else writes it: nothing is sealed. One line that says what. */
export class TrailRefused extends Error {
  override name = 'TrailRefused';
  readonly disclosable = true;
}

/** Files are missing, cut or changed: a rebuild out of the store makes them anew. */
export class TrailNotWhole extends TrailRefused {
  override name = 'TrailNotWhole';
}
