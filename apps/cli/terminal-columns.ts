/**
 * How wide what is printed may be: what COLUMNS says, as for other programs, else the terminal; undefined where there is
 * none, as in a pipe.
 */
export function terminalColumns(
  { COLUMNS }: Readonly<Record<string, string | undefined>> = process.env,
  { columns }: { readonly columns?: number } = process.stdout,
): number | undefined {
  return COLUMNS !== undefined && /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : columns;
}
