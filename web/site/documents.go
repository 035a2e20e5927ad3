package main

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// top are the pages of the documents at the top of the repository.
var top = map[string]string{
	"README.md": "index.html", "CHANGELOG.md": "changelog.html", "CONTRIBUTING.md": "contributing.html", "SECURITY.md": "reporting.html",
}

// documents makes a page of every Markdown file at the top and in docs/.
func (s *site) documents() error {
	var sources []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/rules/*.md"} {
		found, err := filepath.Glob(filepath.Join(s.root, pattern))
		if err != nil {
			return err
		}
		for _, file := range found {
			source, err := filepath.Rel(s.root, file)
			if err != nil {
				return err
			}
			sources = append(sources, filepath.ToSlash(source))
		}
	}
	slices.Sort(sources)
	for _, source := range sources {
		if err := s.document(source); err != nil {
			return err
		}
	}
	return nil
}

// place is where a file of the repository is in the site; a folder is where its
// README.md is. False if there is no such file.
func (s *site) place(source string) (string, bool) {
	if info, err := os.Stat(filepath.Join(s.root, source)); err != nil {
		return "", false
	} else if info.IsDir() {
		return s.place(path.Join(source, "README.md"))
	}
	if name := top[source]; name != "" {
		return name, true
	}
	name, document := strings.CutPrefix(source, "docs/")
	if base, ok := strings.CutSuffix(name, ".md"); ok && document {
		return base + ".html", true
	}
	if !document {
		name = "files/" + strings.TrimPrefix(source, ".") // many servers show no name that begins with a dot
	}
	s.files[name] = source
	return name, true
}

// sectionOf is the entry of the navigation for a page.
func sectionOf(name string) string {
	if dir := path.Dir(name); dir != "." {
		return dir + "/index.html"
	}
	return name
}
