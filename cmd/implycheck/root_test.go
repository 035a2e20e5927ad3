package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A command that was asked for is made alone, and is the one of that name.
func TestCommandAskedFor(t *testing.T) {
	names := make([]string, 0, len(commands))
	for _, c := range commands {
		require.Equal(t, c.name, c.make().Name())
		require.Len(t, newRoot(askedFor([]string{c.name, "x"})).Commands(), 1)
		names = append(names, c.name)
	}
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(names))), len(commands))
	for _, args := range [][]string{nil, {"help"}, {"--help"}, {"lnit"}, {"completion", "bash"}, {"__complete", "li"}} {
		require.Len(t, newRoot(askedFor(args)).Commands(), len(commands))
	}
}
