/** The system's code of an error (`ENOENT`, `ECONNREFUSED`), or an empty string. Node's own errors cross realms in tests. */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
