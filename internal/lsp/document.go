package lsp

import (
	"path/filepath"

	"github.com/implycheck/implycheck/conf"
)

// maxDocuments bounds what is kept open: editors have some tens.
const maxDocuments = 10_000

func (s *server) documentOf(uri string) *document {
	name, ok := pathOf(uri)
	if !ok {
		return nil
	}
	return s.documents[name]
}

func (s *server) didOpen(p documentParams) {
	name, ok := pathOf(p.TextDocument.URI)
	if !ok || len(s.documents) >= maxDocuments {
		return
	}
	s.documents[name] = &document{p.TextDocument.URI, name, p.TextDocument.Version, []byte(p.TextDocument.Text)}
	s.touch(name)
}

func (s *server) didChange(p changeParams) {
	d := s.documentOf(p.TextDocument.URI)
	if d == nil {
		return
	}
	d.data, d.version = apply(d.data, p.ContentChanges), p.TextDocument.Version
	if u := s.unitOf(d.path); u != nil && conf.Concerns(filepath.ToSlash(d.path)) {
		u.edit(d.path)
	}
}

// didSave lints again whatever was saved: configuration files, policies and
// baselines count as they are on the disk.
func (s *server) didSave(p documentParams) {
	if name, ok := pathOf(p.TextDocument.URI); ok {
		s.touchAround(name)
	}
}

func (s *server) didClose(p documentParams) {
	d := s.documentOf(p.TextDocument.URI)
	if d == nil {
		return
	}
	u := s.unitOf(d.path)
	delete(s.documents, d.path)
	switch {
	case u == nil:
	case !u.folder && !s.holdsDocument(u):
		s.drop(u)
	default:
		s.touch(d.path)
	}
}

func (s *server) didChangeWatched(p watchedParams) {
	for _, c := range p.Changes {
		if name, ok := pathOf(c.URI); ok {
			s.touchAround(name)
		}
	}
}

// holdsDocument reports whether one of the open files is linted with a unit.
func (s *server) holdsDocument(u *unit) bool {
	for _, d := range s.documents {
		if s.owner(d.path) == u {
			return true
		}
	}
	return false
}

// touch lints what a file belongs to, if it may be one of a configuration.
func (s *server) touch(name string) {
	if u := s.unitOf(name); u != nil && conf.Concerns(filepath.ToSlash(name)) {
		u.touch()
	}
}

// touchAround lints all that a file may have to do with.
func (s *server) touchAround(name string) {
	for _, u := range s.units {
		if u.holds(name) || u.holds(filepath.Dir(name)) {
			u.touch()
		}
	}
}

// overlay are the open texts, for lint.
func (s *server) overlay() map[string][]byte {
	files := make(map[string][]byte, len(s.documents))
	for name, d := range s.documents {
		files[name] = d.data
	}
	return files
}
