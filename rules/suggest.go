package rules

import (
	"slices"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// maxSuggestions is how many names of a tree are compared with all that are
// known; who has misspelt more of them has not misspelt them.
const maxSuggestions = 300

// suggestions are what the unknown names of a tree may have been meant to be.
// Every rule asks for the same ones, and looking for one takes a while.
type suggestions struct {
	keys       map[string][]string
	extensions map[string]string
	names      []string
	foreign    func() bool
}

func newSuggestions() *suggestions {
	return &suggestions{keys: map[string][]string{}, extensions: map[string]string{}}
}

// nearKeys are the known keys nearest to an unknown one; looked is false where
// nobody has looked, because the tree has too many of them.
func (p *Pass) nearKeys(key string) (near []string, looked bool) {
	near, looked = p.near.keys[key]
	if !looked && len(p.near.keys) < maxSuggestions {
		near, looked = schema.Suggest(key, p.Release()), true
		p.near.keys[key] = near
	}
	return near, looked
}

// likeIt reports whether the words in which two names of extensions differ are alike:
// druid-mongo-extensions is not a misspelt druid-avro-extensions, but one of somebody's own.
func likeIt(name, near string) bool {
	a, b := strings.Split(name, "-"), strings.Split(near, "-")
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	own, known := strings.Join(a, "-"), strings.Join(b, "-")
	if frame := own + known; (own == "" || known == "") && (frame == "druid" || frame == "extensions") {
		return true // which only some names have
	}
	limit := max(1, max(len(own), len(known))/2)
	return text.Distance(own, known, limit) <= limit
}

// nearExtension is the extension nearest to an unknown one, empty if none is; for
// looked see nearKeys.
func (p *Pass) nearExtension(name string) (near string, looked bool) {
	near, looked = p.near.extensions[name]
	if !looked && len(p.near.extensions) < maxSuggestions {
		near, _ = text.Nearest(name, p.extensionNames())
		if !likeIt(name, near) {
			near = ""
		}
		looked = true
		p.near.extensions[name] = near
	}
	return near, looked
}

// butForSegment are the properties that a setting is but for one segment, those that its
// processes read; none where there are so many that they say nothing.
func (p *Pass) butForSegment(s Setting, key string) (names []string) {
	for _, known := range schema.ButForSegment(key, p.Release()) {
		if len(s.Services) == 0 || slices.ContainsFunc(s.Services, func(svc *conf.Service) bool { return svc.Reads(known) }) {
			names = append(names, known.Name)
		}
	}
	if len(names) > 3 {
		return nil
	}
	return names
}

// forReader says what to do with a property that a process does not read: it may have one of
// its own, such as druid.historical.cache.useCache for druid.broker.cache.useCache.
func (p *Pass) forReader(s Setting, svc *conf.Service) string {
	where := "the line to " + text.List(s.Property.Services) + ", or to _common."
	segments := strings.Split(s.Key, ".")
	if len(segments) > 2 && slices.Contains(s.Property.Services, segments[1]) {
		segments[1] = svc.Process()
		own := strings.Join(segments, ".")
		if known, ok := schema.Lookup(own); ok && !known.IsPattern() && known.Releases.Has(p.Release()) && svc.Reads(known) {
			return "Write " + own + ", or move " + where
		}
	}
	return "Move " + where
}
