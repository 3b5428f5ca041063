/** No e-mail address fits: a subject is kept for ever, so it must not be personal data. */
export const SUBJECT_PATTERN = /^[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}$/;
