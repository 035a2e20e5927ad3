// Command site writes the documentation as pages for a browser: what is in docs/
// and at the top of the repository, a page for every rule and property, what each
// release reads, and an index to search in. `make site` runs it; nothing of it is
// in the product.
//
// The pages need no server and no other host: they can be unpacked on a disk and
// opened there. Only search.html has a script. A link that leads nowhere, and two
// pages of one name, are errors of the build.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	version := flag.String("version", "dev", "which implycheck the pages describe")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("write: go run ./web/site FOLDER, at the top of the repository")
	}
	s := newSite(".", *version)
	if err := s.build(flag.Arg(0)); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("wrote %d pages to %s\n", len(s.pages), flag.Arg(0))
}

// site is everything that is written, before it is.
type site struct {
	// root is the repository.
	root, version string
	pages         map[string]*page
	// files are copied as they are: from the name in the site to that in the repository.
	files map[string]string
	// rulesOf are the rules that mention a property.
	rulesOf map[string][]string
	search  []entry
	broken  []string
}

func newSite(root, version string) *site {
	return &site{root: root, version: version, pages: map[string]*page{}, files: map[string]string{}, rulesOf: map[string][]string{}}
}

// build makes all pages and writes them into a folder that is new or a site.
func (s *site) build(out string) error {
	for _, make := range []func() error{s.documents, s.properties, s.releases, s.propertyIndex, s.extensions, s.flags, s.searchPage} {
		if err := make(); err != nil {
			return err
		}
	}
	if len(s.broken) > 0 {
		return fmt.Errorf("broken links:\n  %s", strings.Join(s.broken, "\n  "))
	}
	return s.write(out)
}

// add takes a page. Names must differ also where disks take aaa for AAA.
func (s *site) add(p *page) error {
	key := strings.ToLower(p.Path)
	if before := s.pages[key]; before != nil {
		return fmt.Errorf("two pages are called alike: %s, %s", before.Path, p.Path)
	}
	s.pages[key] = p
	return nil
}

// marker is in every site that was written, so that no other folder is emptied.
const marker = "search-index.js"

func (s *site) write(out string) error {
	if err := clear(out); err != nil {
		return err
	}
	for _, p := range s.pages {
		text, err := s.render(p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Path, err)
		}
		if err := writeFile(out, p.Path, text); err != nil {
			return err
		}
	}
	for name, source := range s.files {
		text, err := os.ReadFile(filepath.Join(s.root, source))
		if err != nil {
			return err
		}
		if err := writeFile(out, name, text); err != nil {
			return err
		}
	}
	index, err := s.index()
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"site.css": style(), "search.js": searchScript, marker: index} {
		if err := writeFile(out, name, text); err != nil {
			return err
		}
	}
	return nil
}

// clear removes what an earlier build wrote.
func clear(out string) error {
	entries, err := os.ReadDir(out)
	if err != nil && !os.IsNotExist(err) || len(entries) == 0 {
		return nil //nolint:nilerr // writing says what is wrong with the folder
	}
	if _, err := os.Stat(filepath.Join(out, marker)); err != nil {
		return fmt.Errorf("%s holds something else than a site", out)
	}
	return os.RemoveAll(out)
}

func writeFile(out, name string, text []byte) error {
	file := filepath.Join(out, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
