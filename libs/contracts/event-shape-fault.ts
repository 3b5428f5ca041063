/** A decided event does not have the shape it is stored in: a fault of the code, found before anything is written. */
export class EventShapeFault extends Error {
  override name = 'EventShapeFault';
  readonly disclosable = true;
}
