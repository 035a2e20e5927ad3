package text

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestList(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "a": {"a"}, "a and b": {"a", "b"}, "a, b and c": {"a", "b", "c"}} {
		require.Equal(t, want, List(names))
	}
}

func TestSome(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "a, b and c": {"a", "b", "c"}, "a, b and 2 others": {"a", "b", "c", "d"}} {
		require.Equal(t, want, Some(names, 2))
	}
}
