package config

import (
	"errors"
	"regexp"
	"strings"
)

// Glob is a pattern of paths: * and ? stand for text within a name, ** for any
// number of folders. A pattern that matches a folder matches everything below
// it.
type Glob struct {
	Text string
	At   Origin

	match *regexp.Regexp
}

// newGlob reads a pattern.
func newGlob(text string) (Glob, error) {
	switch {
	case text == "":
		return Glob{}, errors.New("an empty glob matches nothing: write **, or a path")
	case strings.HasPrefix(text, "/") || len(text) > 1 && text[1] == ':':
		return Glob{}, errors.New("globs start at the folder of this file: write a relative one")
	case strings.Contains(text, `\`):
		return Glob{}, errors.New(`globs are written with /, not with \`)
	}
	var b strings.Builder
	b.WriteString("^")
	text, whole := strings.TrimSuffix(strings.TrimPrefix(text, "./"), "/"), text
	for strings.HasSuffix(text, "/**") { // a folder matches all below it anyway
		text = strings.TrimSuffix(text, "/**")
	}
	segments := strings.Split(text, "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch {
		case segment == "**" && last:
			b.WriteString(".*")
		case segment == "**":
			b.WriteString("(?:[^/]+/)*")
		case strings.Contains(segment, "**"):
			return Glob{}, errors.New("** means whole folders: write a/**/b")
		case last:
			b.WriteString(segmentPattern(segment))
		default:
			b.WriteString(segmentPattern(segment) + "/")
		}
	}
	b.WriteString("(?:/.*)?$")
	match, err := regexp.Compile(b.String())
	return Glob{Text: whole, match: match}, err
}

// segmentPattern is one name of a path.
func segmentPattern(segment string) string {
	return strings.NewReplacer(`\*`, "[^/]*", `\?`, "[^/]").Replace(regexp.QuoteMeta(segment))
}

// Match reports whether a path, relative to the file's folder, or a folder above
// it fits.
func (g Glob) Match(path string) bool { return g.match.MatchString(path) }

// matching is the first of the globs that matches.
func matching(globs []Glob, path string) (Glob, bool) {
	for _, g := range globs {
		if g.Match(path) {
			return g, true
		}
	}
	return Glob{}, false
}
