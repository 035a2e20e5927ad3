package lazy_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/implycheck/implycheck/internal/lazy"
)

// TestHolds: what every match holds decides nothing that the expression would not.
func TestHolds(t *testing.T) {
	const expr = `\.\.+`
	plain, quick := regexp.MustCompile(expr), lazy.Regexp{Expr: expr, Holds: ".."}
	for _, text := range []string{"", ".", "a.b", "a..b", "a...b.", ".."} {
		assert.Equal(t, plain.MatchString(text), quick.MatchString(text), text)
		assert.Equal(t, plain.FindString(text), quick.FindString(text), text)
		assert.Equal(t, plain.ReplaceAllString(text, "-"), quick.ReplaceAllString(text, "-"), text)
	}
	unused := lazy.Regexp{Expr: "(", Holds: "x"}
	assert.False(t, unused.MatchString("a"), "it is not compiled")
	assert.Empty(t, unused.FindString("a"))
	assert.Equal(t, "a", unused.ReplaceAllString("a", "b"))
	assert.Panics(t, func() { unused.MatchString("x") })
}
