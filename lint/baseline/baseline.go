// Package baseline hides the findings that were there when it was written, so
// that only new ones are in the way. A baseline is a file of JSON lines:
//
//	{"version":1}
//	{"file":"conf/druid/broker/runtime.properties","rule":"prop-range","property":"druid.port","source":"druid.port=0","reason":"ticket 12"}
//
// The first line is the version of the form. Every other one is an entry: a
// finding is known by its rule, file, service, property and the text of its
// line, blanks made even and secrets masked, and not by the number of the line,
// so that lines may move. Several findings that are equal in all that make one
// entry with a count. Files are relative to the baseline's folder. Entries are
// sorted and one line each, so that a diff shows what came and went. The reason
// is for people: update keeps it.
//
// An entry that matches nothing any more is a finding itself, unless its file
// lies outside of the paths that were linted.
package baseline

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/disk"
)

// Version is that of the form of the file.
const Version = 1

// Baseline is a file of known findings.
type Baseline struct {
	// Path is the file, as the user names it.
	Path    string
	Entries []Entry

	dir    string // its folder, absolute
	file   disk.Name
	before []byte // what it held when it was loaded
}

// Key is what a finding is known by.
type Key struct {
	File     string `json:"file"`
	Rule     string `json:"rule"`
	Service  string `json:"service,omitempty"`
	Property string `json:"property,omitempty"`
	Source   string `json:"source,omitempty"`
}

// Entry is a known finding, or several that are alike.
type Entry struct {
	Key
	// Count is how many, if they are several.
	Count  int    `json:"count,omitempty"`
	Reason string `json:"reason,omitempty"`

	at finding.Location
}

func (e Entry) count() int { return max(e.Count, 1) }

// New is an empty baseline that is to be written to a path.
func New(file disk.Name) (*Baseline, error) {
	abs, err := filepath.Abs(file.Path)
	if err != nil {
		return nil, err
	}
	return &Baseline{Path: file.Path, dir: filepath.Dir(abs), file: file}, nil
}

// key is what a finding is known by in this file.
func (b *Baseline) key(f finding.Finding) Key {
	return Key{
		File: b.relative(cmp.Or(f.File, f.Tree)), Rule: f.Rule, Service: f.Service, Property: f.Property,
		Source: strings.Join(strings.Fields(f.Source), " "),
	}
}

func (b *Baseline) relative(file string) string {
	abs, err := filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(b.dir, abs)
	if err != nil {
		return filepath.ToSlash(abs) // on another drive
	}
	return filepath.ToSlash(rel)
}

// within reports whether an entry is about something below one of the paths.
func (b *Baseline) within(e Entry, paths []string) bool {
	file := filepath.FromSlash(e.File)
	if !filepath.IsAbs(file) {
		file = filepath.Join(b.dir, file)
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		abs, err := filepath.Abs(path)
		if err != nil {
			return false
		}
		rel, err := filepath.Rel(abs, file)
		return err == nil && filepath.IsLocal(rel)
	})
}

func compare(a, b Entry) int {
	return cmp.Or(
		strings.Compare(a.File, b.File), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Property, b.Property),
		strings.Compare(a.Service, b.Service), strings.Compare(a.Source, b.Source),
	)
}
