package schema

import (
	"math/bits"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// IsSecret reports whether the value of a key is never to be printed: of a
// property that is a secret, of a key whose words tell that it is one, and of a
// key that may be a misspelt secret, which Suggest would name.
func IsSecret(key string) bool {
	if i := strings.Index(key, ".druid."); i >= 0 {
		key = key[i+1:] // druid.indexer.fork.property.druid.s3.secretKey
	}
	if p := exact(key); p != nil {
		return p.Secret
	}
	if !SoundsSecret(key) && !nearSecret(key) {
		return false
	}
	if p, ok := Lookup(key); ok && !strings.HasSuffix(p.Name, "<any>") {
		return p.Secret
	}
	return true
}

// secretName is the name of a property that is a secret, ready to be compared.
type secretName struct {
	name    string // in lower case, but for a pattern
	letters letterSet
	dots    int // of a pattern
}

// secretNames are all secrets, and the letters that all of their names have.
type secretNames struct {
	list   []secretName
	common letterSet
}

var secrets = lazy.Value[secretNames]{New: func() secretNames {
	all := secretNames{common: lettersOf("druid")} // as patterns have
	for _, i := range secretProperties {
		p := &properties[i]
		n := secretName{strings.ToLower(p.Name), lettersOf(p.Name), 0}
		if p.IsPattern() {
			n.name, n.dots = p.Name, strings.Count(p.Name, ".")
			n.letters = lettersOf(fillPattern(p.Name, strings.Repeat(".", n.dots)))
		}
		all.list, all.common = append(all.list, n), all.common&n.letters
	}
	return all
}}

// nearSecret reports whether a key is as near to a secret property as Suggest
// goes.
func nearSecret(key string) bool {
	if len(key) > 5 && key[0]|0x20 == 'd' && key[5] == '_' {
		key = strings.ReplaceAll(key, "_", ".") // druid_s3_secretKey, a variable of the environment
	}
	names := secrets.Get()
	limit, letters := suggestLimit(key), lettersOf(key)
	if names.common.without(letters) > limit {
		return false // what is cheap to see comes first: no key may cost much
	}
	dots, lower := strings.Count(key, "."), ""
	for i := range names.list {
		s := &names.list[i]
		if s.dots > 0 && s.dots != dots || s.dots == 0 && max(len(s.name)-len(key), len(key)-len(s.name)) > limit || s.letters.without(letters) > limit {
			continue
		}
		name := s.name
		if s.dots > 0 {
			name = strings.ToLower(fillPattern(name, key))
		}
		if lower == "" {
			lower = strings.ToLower(key)
		}
		if lettersApart(lower, name) <= limit && text.Distance(lower, name, limit) <= limit {
			return true
		}
	}
	return false
}

// letterSet are the letters of a text, whatever their case.
type letterSet uint32

func lettersOf(text string) (set letterSet) {
	for i := range len(text) {
		if c := text[i] | 0x20; 'a' <= c && c <= 'z' {
			set |= 1 << (c - 'a')
		}
	}
	return set
}

// without is how many letters of the set the other lacks.
func (s letterSet) without(other letterSet) int { return bits.OnesCount32(uint32(s &^ other)) }
