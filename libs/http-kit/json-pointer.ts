/** RFC 6901 pointer of a path of keys and indices; the empty path is the whole document, ``. */
export const jsonPointer = (path: readonly (string | number)[]): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The pointer for a field named by the domain: a pointer stays, `profile.industry` becomes `/profile/industry`. */
export const pointerOfField = (field: string): string =>
  field === '' || field.startsWith('/') ? field : jsonPointer(field.split('.'));
