/** PostgreSQL keeps no NUL in texts: what has one is nowhere in the store, and asking for it would be an error. */
export function isText(value: string): boolean {
  return !value.includes('\0');
}
