import { ApiProperty } from '@nestjs/swagger';

/** The event's place in the tree (RFC 6962) over all events that were signed with it. */
export class BatchPlace {
  /** How many were signed together, from 2. */
  size!: number;
  /** From 0. */
  index!: number;
  /** The hashes from the leaf's sibling up, base64 of 32 bytes each. */
  @ApiProperty({ type: [String] })
  path!: readonly string[];
}

/**
 * An Ed25519 signature of the receipt's leaf, over its canonical JSON (RFC 8785); with `batch`, of the root of the tree in
 * which the hash of that text has its place.
 */
export class ReceiptSignature {
  /** Id of the key in the event keys file. @example 0b6a3d2f */
  key!: string;
  /** 64 bytes, base64. */
  ed25519!: string;
  batch?: BatchPlace;
}

/**
 * Keep it: it proves that the event was recorded, whoever holds the store. Its leaf must stand in the log, with `prev`
 * and `sig` added, by the time that the log promises.
 */
export class EventReceipt {
  /** What is sealed of the event: who, when, at which revision of which stream, and hashes of the rest. */
  leaf!: object;
  signature!: ReceiptSignature;
}

export class WrittenEvent {
  id!: string;
  /** @example LeadHandedOff */
  type!: string;
  revision!: number;
  receipt?: EventReceipt;
}

/** What a command did. The same command sent again answers the same, with `repeated`. */
export class LeadAnswer {
  lead!: string;
  /** Of the lead's stream after the command; also the ETag. With `lead@revision` a query waits until it has it. */
  revision!: number;
  /** @example working.contacted */
  state!: string;
  cycle!: number;
  repeated!: boolean;
  events!: WrittenEvent[];
  /**
   * Of a create: that the person's contact was registered, or that they were known and returned. Only for roles that read
   * all leads: to others it would tell whether somebody else has the person.
   */
  contactEvents?: WrittenEvent[];
  /** The commands that the state allows, whoever asks. */
  allowed!: string[];
}
