/** What each refusal means to the person who reads the log (the agent got its own sentence). Unknown codes are shown as they are. */
const WORDS: Readonly<Record<string, string>> = {
  proxy_auth_required: 'The client sent no valid access token.',
  access_revoked: 'The access token was revoked or has expired.',
  blocked_by_policy: 'A rule blocks this request.',
  blocked_by_default_policy: 'No rule allows this request, and the default policy is deny.',
  rate_limited: 'The limit of a rule is used up for this window.',
  manual_approval_denied: 'Someone denied this request.',
  manual_approval_timeout: 'Nobody approved this request in time.',
  malformed_target: 'The request names no valid host or address.',
  ambiguous_path: 'The path can be read in two ways, so rules cannot be trusted on it.',
  malformed_request: 'The request is not valid HTTP.',
  not_a_proxy_request: 'The request was sent to the gateway itself, not through it.',
  method_refused: 'The gateway does not forward this method.',
  misdirected_request: 'The request inside the tunnel names another host than the tunnel.',
  headers_too_large: 'The header fields are larger than the gateway takes.',
  upstream_forbidden: 'The address belongs to a network that agents may not reach.',
  upstream_unresolved: 'The host name does not resolve.',
  upstream_unreachable: 'The host does not accept connections.',
  upstream_tls_untrusted: 'The host’s certificate is not trusted.',
  upstream_protocol_error: 'The host’s answer is not valid HTTP.',
  upstream_timeout: 'The host did not answer in time.',
  too_many_connections: 'The agent has too many connections open.',
  too_many_auth_failures: 'Too many wrong access tokens came from this address.',
  policy_unavailable: 'The gateway’s copy of the policy is too old to be trusted.',
  audit_unavailable: 'The request could not be recorded, so it was not forwarded.',
  gateway_restarting: 'The gateway was shutting down.',
};

export function refusalWords(code: string): string {
  return WORDS[code] ?? `The gateway answered itself: ${code}.`;
}
