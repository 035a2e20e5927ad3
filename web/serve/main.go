// Command serve shows web/dist on this machine: `make web-serve`.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	address := flag.String("address", "127.0.0.1:8080", "where to listen")
	flag.Parse()
	dir := "web/dist"
	if flag.NArg() > 0 {
		dir = flag.Arg(0)
	}
	fmt.Printf("http://%s/ shows %s\n", *address, dir)
	server := http.Server{Addr: *address, Handler: pages(dir), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// packed are the endings of packed files, the smallest first, and what a browser calls
// them.
var packed = [][2]string{{".br", "br"}, {".gz", "gzip"}}

// policy is that of the page, for its worker too, which has none of its own in a file.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// pages serves a folder: of a file that is there packed, what the browser can read.
func pages(dir string) http.Handler {
	files := http.FileServer(http.Dir(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-cache")
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Vary", "Accept-Encoding")
		name := filepath.Join(dir, filepath.FromSlash(path.Clean("/"+r.URL.Path)))
		for _, p := range packed {
			if strings.Contains(r.Header.Get("Accept-Encoding"), p[1]) && isFile(name+p[0]) {
				header.Set("Content-Encoding", p[1])
				header.Set("Content-Type", "application/wasm")
				http.ServeFile(w, r, name+p[0])
				return
			}
		}
		files.ServeHTTP(w, r)
	})
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
