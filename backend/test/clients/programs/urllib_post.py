# URL: posts what standard input holds with urllib, which reads the proxy variables and SSL_CERT_FILE.
import json
import sys
import urllib.error
import urllib.request

headers = {"Authorization": "Bearer placeholder", "Content-Type": "application/json"}
request = urllib.request.Request(sys.argv[1], data=sys.stdin.buffer.read(), headers=headers, method="POST")
try:
    response = urllib.request.urlopen(request)
except urllib.error.HTTPError as error:
    response = error
answer = {"status": response.status, "retryAfter": response.headers["retry-after"], "body": json.load(response)}
print(json.dumps(answer))
