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
	"slices"
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
	// broken are links to files that are not in the repository.
	broken []string
}

func newSite(root, version string) *site {
	return &site{root: root, version: version, pages: map[string]*page{}, files: map[string]string{}, rulesOf: map[string][]string{}}
}

// build writes the site into a folder that is new or holds one.
func (s *site) build(out string) error {
	files, err := s.compose()
	if err != nil {
		return err
	}
	if err := clear(out); err != nil {
		return err
	}
	for name, text := range files {
		if err := writeFile(out, name, text); err != nil {
			return err
		}
	}
	return nil
}

// compose makes all files of the site, and follows their links.
func (s *site) compose() (map[string][]byte, error) {
	for _, make := range []func() error{s.documents, s.properties, s.releases, s.propertyIndex, s.extensions, s.flags, s.searchPage} {
		if err := make(); err != nil {
			return nil, err
		}
	}
	texts, err := s.texts()
	if err != nil {
		return nil, err
	}
	if broken := append(s.broken, brokenLinks(texts)...); len(broken) > 0 {
		slices.Sort(broken)
		return nil, fmt.Errorf("these links lead nowhere:\n  %s", strings.Join(broken, "\n  "))
	}
	return texts, nil
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

// texts are all files of the site.
func (s *site) texts() (map[string][]byte, error) {
	texts := map[string][]byte{"site.css": style(), "search.js": searchScript}
	for _, p := range s.pages {
		text, err := s.render(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Path, err)
		}
		texts[p.Path] = text
	}
	for name, source := range s.files {
		text, err := os.ReadFile(filepath.Join(s.root, source))
		if err != nil {
			return nil, err
		}
		texts[name] = text
	}
	var err error
	texts[marker], err = s.index()
	return texts, err
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
