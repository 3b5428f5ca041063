/** The last checkpoint that the witness cosigned for a log. */
export interface Cosigned {
  readonly size: number;
  readonly root: Uint8Array;
  /** of the cosignature, seconds since 1970 */
  readonly time: number;
  /** the checkpoint with the log's signatures that were verified and the witness's cosignature */
  readonly note: string;
}

/**
 * Why a checkpoint with the log's own signature was kept: `fork`, two roots of one size, proves that the log lied;
 * `unproven`, no proof that it continues what was cosigned, is proof together with the log's tiles.
 */
export type Suspicion = 'fork' | 'unproven';

/** Two notes that the log has signed and that should not both exist. */
export interface Evidence {
  readonly suspicion: Suspicion;
  /** seconds since 1970 */
  readonly at: number;
  readonly cosigned: string;
  readonly posted: string;
}

/** What the one transaction on a log's state may do. */
export interface LogState {
  last(): Cosigned | undefined;
  replace(cosigned: Cosigned): void;
  keep(evidence: Evidence): void;
}

/** Where a witness keeps what it has cosigned. Whatever `decide` wrote is durable once `transact` returns. */
export interface WitnessState {
  /**
   * Runs a decision on one log's state alone: no other one, in this process or another, reads or writes between its
   * read and its write. What it throws undoes what it wrote.
   */
  transact<T>(origin: string, decide: (state: LogState) => T): T;
  /** by the SHA-256 of the origin, lower-case hex */
  cosigned(originHash: string): Cosigned | undefined;
  evidence(originHash: string): readonly Evidence[];
  evidenceCount(): number;
  close(): void;
}
