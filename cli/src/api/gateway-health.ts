import { readBody, send } from './exchange.js';

const TIMEOUT_MS = 2000;

/** Whether a gateway answers at `host:port`; any failure to is a no. */
export async function gatewayAnswers(address: string): Promise<boolean> {
  try {
    const response = await send({
      method: 'GET',
      url: new URL(`http://${address}/healthz`),
      headers: {},
      timeout: TIMEOUT_MS,
    });
    await readBody(response);
    return response.statusCode === 200;
  } catch {
    return false;
  }
}
