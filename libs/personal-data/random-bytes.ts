/** So many bytes from a cryptographic source, fresh at each call; `randomBytes` of node:crypto outside tests. */
export type RandomBytes = (length: number) => Uint8Array;
