/** What the processor reads of the views. Each answer may be some events old; `decide` looks at the lead itself again. */
export interface RoutingViews {
  /** resolves once the views the rules read have the event, or after a bounded wait */
  whenSeen(stream: string, revision: number): Promise<void>;
  /** whether the views have what was recorded until now; false after a bounded wait */
  whenCaughtUp(): Promise<boolean>;
  /** leads held for a team, the best score first, then the longest held */
  heldFor(team: string): Promise<readonly string[]>;
  /** how many more open leads the team can take; null: as many as come */
  room(team: string): Promise<number | null>;
  /** leads in any of these states, a page at a time */
  leadsIn(states: readonly string[]): AsyncIterable<string>;
  /** qualified leads that were never offered in their cycle: those a missing sales team left standing */
  neverOffered(): AsyncIterable<string>;
}
