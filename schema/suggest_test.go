package schema_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/schema"
)

const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// typos are the ways to misspell a word with one slip: leave out a letter, type
// a wrong or an additional one, swap two neighbours. Every position is tried,
// with a letter that goes round the alphabet.
func typos(word string) []string {
	var all []string
	for i := range len(word) {
		letter := string(letters[(i*7+len(word))%len(letters)])
		all = append(all, word[:i]+word[i+1:], word[:i]+letter+word[i+1:], word[:i]+letter+word[i:])
		if i+1 < len(word) {
			all = append(all, word[:i]+word[i+1:i+2]+word[i:i+1]+word[i+2:])
		}
	}
	return append(all, word+"s")
}

// misspelt reports whether no property of any release has that name.
func misspelt(key string) bool {
	if _, known := schema.Lookup(key); known {
		_, slip := schema.Slip(key)
		return slip
	}
	return true
}

// TestSuggestNamesTheRightPropertyFirst misspells the last two segments of every
// exact property of the release, each in every way with one slip.
func TestSuggestNamesTheRightPropertyFirst(t *testing.T) {
	tried, right := 0, 0
	var wrong []string
	for _, p := range schema.Properties() {
		if p.IsPattern() || !p.Releases.Has(schema.DefaultTarget.Release) || !strings.HasPrefix(p.Name, "druid.") {
			continue
		}
		segments := strings.Split(p.Name, ".")
		for at := max(1, len(segments)-2); at < len(segments); at++ {
			for i, typo := range typos(segments[at]) {
				if testing.Short() && i%7 != 0 {
					continue
				}
				key := strings.Join(slices.Concat(segments[:at], []string{typo}, segments[at+1:]), ".")
				if typo == "" || !misspelt(key) {
					continue
				}
				tried++
				if near := schema.Suggest(key, schema.DefaultTarget.Release); len(near) > 0 && near[0] == p.Name {
					right++
				} else {
					wrong = append(wrong, key)
				}
			}
		}
	}
	t.Logf("%d of %d misspelt names have the right one first; first misses: %v", right, tried, wrong[:min(20, len(wrong))])
	require.Greater(t, tried, 5000)
	assert.GreaterOrEqual(t, right*100, tried*99)
}

func BenchmarkSuggest(b *testing.B) {
	for b.Loop() {
		schema.Suggest("druid.procesing.numThreads", schema.DefaultTarget.Release)
	}
}
