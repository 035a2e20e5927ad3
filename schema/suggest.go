package schema

import (
	"cmp"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// Suggest names the known keys nearest to a misspelt one, the most likely
// first; none if nothing is near. Keys of release r come before those of
// others.
func Suggest(key string, r Release) []string {
	type candidate struct {
		name     string
		Distance int
		foreign  bool
		shared   int
	}
	limit := suggestLimit(key)
	var near []candidate
	lower := strings.ToLower(key)
	for i := range properties {
		p := &properties[i]
		name := p.Name
		if p.IsPattern() {
			name = fillPattern(name, key)
		}
		if name == "" || name == key || max(len(name)-len(key), len(key)-len(name)) > limit || lettersApart(lower, name) > limit {
			continue
		}
		d := text.Distance(lower, strings.ToLower(name), limit)
		if d > limit {
			continue
		}
		if strings.EqualFold(name, key) {
			d = -1 // only the case differs
		}
		near = append(near, candidate{name, d, !p.Releases.Has(r), commonPrefix(key, name) + commonSuffix(key, name)})
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(
			compareBool(a.foreign, b.foreign),
			cmp.Compare(a.Distance, b.Distance),
			cmp.Compare(b.shared, a.shared),
			strings.Compare(a.name, b.name),
		)
	})
	names := make([]string, 0, 3)
	for _, c := range near {
		if !slices.Contains(names, c.name) && len(names) < 3 {
			names = append(names, c.name)
		}
	}
	return names
}

// suggestLimit is how many slips a misspelt key may be away from a known one.
func suggestLimit(key string) int { return 2 + len(key)/16 }

// Slip names the property that a key was meant to be which fits nothing but an
// open family (druid.cache.l1.<any>) and is one slip of the finger away from an
// exact name in it; such a key is let through and does nothing.
func Slip(key string) (string, bool) {
	family, ok := Lookup(key)
	if !ok {
		return "", false
	}
	prefix, open := strings.CutSuffix(family.Name, "<any>")
	if !open {
		return "", false
	}
	first, _ := slices.BinarySearchFunc(properties, prefix, func(p Property, k string) int { return strings.Compare(p.Name, k) })
	for i := first; i < len(properties) && strings.HasPrefix(properties[i].Name, prefix); i++ {
		if name := properties[i].Name; !properties[i].IsPattern() && text.Distance(strings.ToLower(key), strings.ToLower(name), 1) <= 1 {
			return name, true
		}
	}
	return "", false
}

// fillPattern puts the key's own segments in place of a pattern's placeholders,
// so that druid.auth.authenticator.ldap.tpye is near ....ldap.type.
func fillPattern(pattern, key string) string {
	ps, ks := strings.Split(pattern, "."), strings.Split(key, ".")
	if len(ps) != len(ks) || strings.HasSuffix(pattern, "<any>") {
		return ""
	}
	for i, segment := range ps {
		if strings.HasPrefix(segment, "<") {
			ps[i] = ks[i]
		}
	}
	return strings.Join(ps, ".")
}

// lettersApart is a lower bound of the distance that is cheap to compute: how
// many letters of one text the other lacks, wherever they stand and in
// whichever case.
func lettersApart(lower, b string) int {
	var count [128]int16
	for i := range len(lower) {
		count[lower[i]&127]++
	}
	more := 0
	for i := range len(b) {
		c := b[i] & 127
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if count[c]--; count[c] < 0 {
			more++
		}
	}
	return max(more, more+len(lower)-len(b))
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

func commonSuffix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// ButForSegment are the properties of a release that a key is but for one segment which it
// lacks or has too many: druid.broker.cache.useCache for druid.cache.useCache.
func ButForSegment(key string, r Release) (list []*Property) {
	segments := strings.Split(key, ".")
	for i := range properties {
		p := &properties[i]
		if p.IsPattern() || !p.Releases.Has(r) {
			continue
		}
		name := strings.Split(p.Name, ".")
		if max(len(name), len(segments)) >= 4 && (oneMore(name, segments) || oneMore(segments, name)) {
			list = append(list, p)
		}
	}
	return list
}

// oneMore reports whether long is short with one segment in between; the first and the last
// one say what a property is about.
func oneMore(long, short []string) bool {
	if len(long) != len(short)+1 || len(short) < 2 {
		return false
	}
	i := 0
	for i < len(short) && long[i] == short[i] {
		i++
	}
	return 0 < i && i < len(short) && slices.Equal(long[i+1:], short[i:])
}
