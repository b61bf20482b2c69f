// post.go URL: posts what standard input holds with net/http, which reads the proxy variables and (but for macOS) SSL_CERT_FILE.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	request, err := http.NewRequest("POST", os.Args[1], os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer placeholder")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		log.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	retryAfter := response.Header.Get("Retry-After")
	if retryAfter == "" {
		retryAfter = "null"
	}
	fmt.Printf(`{"status":%d,"retryAfter":%s,"body":%s}`, response.StatusCode, retryAfter, body)
}
