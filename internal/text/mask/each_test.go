package mask_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/implycheck/implycheck/internal/text/mask"
)

func TestEach(t *testing.T) {
	type inner struct {
		Name string `mask:"-"`
		Text string
	}
	type kind string
	type outer struct {
		inner
		Inner   inner
		Pointer *inner
		List    []inner
		Map     map[string]any
		Any     any
		Kind    kind
		Bytes   []byte
		N       int
		hidden  string
	}
	make := func(x string) outer {
		return outer{
			Inner: inner{"x", x}, Pointer: &inner{"x", x}, List: []inner{{"x", "a"}, {"x", x}}, Map: map[string]any{"a": []any{x, 1}, x: nil},
			Any: inner{"x", x}, Kind: kind(x), Bytes: []byte("x"), N: 1, hidden: "x",
		}
	}
	before := make("x")
	assert.Equal(t, make("X"), mask.Each(before, func(s string) string { return strings.ReplaceAll(s, "x", "X") }))
	assert.Equal(t, make("x"), before, "the value itself stays")
	same := mask.Each(before, strings.ToLower)
	assert.Same(t, before.Pointer, same.Pointer, "nothing is copied for nothing")
	assert.Nil(t, mask.Each[any](nil, strings.ToUpper))
	assert.Equal(t, []string{"A"}, mask.Each([]string{"a"}, strings.ToUpper))
}
