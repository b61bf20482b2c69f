/** What an agent must know to behave well behind the gateway. Served as is; names no installation and holds no value. */
export const GATEWAY_SKILL = `---
name: onecli-gateway
description: How to call APIs from behind the OneCLI gateway, which adds credentials to your requests and enforces rules. Read it before you call an external API, and when a request is refused.
---

# Working behind the OneCLI gateway

Your HTTP and HTTPS traffic goes through the OneCLI gateway. It adds the real credentials to your requests on their way
out, refuses what its rules forbid, and passes everything else on unchanged.

## Credentials
- You do not have real credentials, and you do not need them. Call the API as if the key were set.
- A variable such as \`ANTHROPIC_API_KEY=placeholder\` is meant to look like that. Leave it as it is: the gateway replaces
  the placeholder with the real credential. A client that insists on a key gets any text, \`placeholder\` for instance.
- **Never ask a person for an API key, a token or a password**, and never look for one in files or in the environment. If
  a credential is missing, say which service needs one, and that it is added in the OneCLI console under *Secrets*.
- Do not print, store or send on the proxy address in \`HTTPS_PROXY\`: it holds your own access token.

## Staying on the path
- Keep \`HTTPS_PROXY\`, \`HTTP_PROXY\` and the certificate variables (\`NODE_EXTRA_CA_CERTS\`, \`SSL_CERT_FILE\`,
  \`REQUESTS_CA_BUNDLE\`, \`CURL_CA_BUNDLE\`, \`GIT_SSL_CAINFO\`) as they are; a request that goes around the gateway has no
  credentials.
- Never turn certificate verification off (\`-k\`, \`verify=False\`, \`NODE_TLS_REJECT_UNAUTHORIZED=0\`). When a tool does not
  trust the gateway, point it at the certificate file that those variables name.

## When a request is refused
An answer with the field \`X-OneCLI-Refusal\` comes from the gateway and not from the service. Its body is JSON:

\`\`\`json
{ "error": "rate_limited", "message": "…", "rule_name": "…", "limit": 30, "window": "minute", "request_id": "…" }
\`\`\`

\`message\` says what to do. \`x-should-retry: false\` means that the same request will be refused again: do not repeat it, and
do not try another spelling, another method or another tool. Tell the person what was refused, naming \`rule_name\` and
\`request_id\` when they are there.

| \`error\` | status | what to do |
|---|---|---|
| \`blocked_by_policy\` | 403 | A rule forbids this (\`rule_name\`). Stop, say so, and go on without it if you can. |
| \`blocked_by_default_policy\` | 403 | Nothing allows this host yet. Say which host you need; a person can allow it (\`console_url\`). |
| \`rate_limited\` | 429 | \`limit\` requests per \`window\` are used up. Wait the seconds in \`Retry-After\`, then try again; make fewer requests. |
| \`manual_approval_denied\`, \`manual_approval_timeout\` | 403 | A person said no, or did not answer in time (\`approval_id\`). Do not ask again by yourself. |
| \`proxy_auth_required\` | 407 | The access token did not arrive. Check that \`HTTPS_PROXY\` is as it was given to you. |
| \`access_revoked\` | 403 | Your access token was withdrawn or replaced. Stop and say so. |
| \`upstream_forbidden\` | 403 | The address lies in a private network that the gateway does not enter. Say so. |
| \`malformed_target\`, \`ambiguous_path\`, \`malformed_request\` | 400 | Send a plain URL: no \`..\`, no backslash, no odd encodings. |
| \`upstream_unresolved\`, \`upstream_unreachable\`, \`upstream_tls_untrusted\` | 502 | The service could not be reached or trusted; check the host name. |
| \`upstream_timeout\` | 504 | The service did not answer in time. One more try is reasonable. |
| \`policy_unavailable\`, \`audit_unavailable\`, \`gateway_restarting\` | 503 | Wait the seconds in \`Retry-After\`, then try again. |

## When the service itself says 401 or 403
Look for \`X-OneCLI-Hint\`. \`credential_not_found\`: no secret is set up for this host, so your request went out without one.
\`access_restricted\`: there is a secret, and it is not assigned to you. Tell the person, with the link in
\`X-OneCLI-Hint-Url\`; do not ask for the key itself.
`;
