/**
 * Code and message of whatever was thrown, without asking which class it is: errors of Node's core, of undici and of happy
 * eyeballs (which are several in one) all carry a `code`.
 */
export function codeOf(error: unknown): string {
  const code = fieldOf(firstOf(error), 'code');
  return typeof code === 'string' ? code : '';
}

/** The message, followed by the code where the message does not say it. */
export function messageOf(error: unknown): string {
  const message = fieldOf(firstOf(error), 'message');
  const code = codeOf(error);
  const text = typeof message === 'string' && message !== '' ? message : 'an unknown fault';
  return code === '' || text.includes(code) ? text : `${text} (${code})`;
}

/** Of several attempts to connect the first one's fault: it was the address that the resolver put first. */
function firstOf(error: unknown): unknown {
  const errors = fieldOf(error, 'errors');
  return Array.isArray(errors) && errors.length > 0 ? (errors[0] as unknown) : error;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
