// Command docs writes the pages of the rules from the rules themselves. It is
// run by `go generate ./rules`; nothing of it is in the product.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/implycheck/implycheck/rules"
)

const dir = "../docs/rules"

func main() {
	log.SetFlags(0)
	if err := write(); err != nil {
		log.Fatal(err)
	}
}

// write lays the pages down anew, so that those of rules that are gone go too.
func write() error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	pages := map[string]string{"index.md": rules.Index(rules.All())}
	for _, r := range rules.All() {
		pages[r.ID+".md"] = rules.Page(r)
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
