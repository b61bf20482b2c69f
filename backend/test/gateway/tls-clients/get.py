"""get.py PROXY_PORT CA_FILE default|strict HOST...: prints the body that each host serves under its verified certificate."""
import ssl
import sys
import urllib.request

port, ca_file, strictness, *hosts = sys.argv[1:]
context = ssl.create_default_context(cafile=ca_file)
if strictness == 'strict':  # what create_default_context does by itself from Python 3.13 on
    context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
for host in hosts:
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({'https': f'http://127.0.0.1:{port}'}),
        urllib.request.HTTPSHandler(context=context),
    )
    print(opener.open(f'https://{host}/', timeout=10).read().decode(), end='')
