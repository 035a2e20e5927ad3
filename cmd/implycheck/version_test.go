package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVersion: what the release build sets counts, then the tag that go install was
// asked for.
func TestVersion(t *testing.T) {
	built := func(version string) func() (*debug.BuildInfo, bool) {
		return func() (*debug.BuildInfo, bool) {
			return &debug.BuildInfo{Main: debug.Module{Version: version}}, true
		}
	}
	require.Equal(t, "1.2.3", versionOf("1.2.3", built("v9.9.9")))
	require.Equal(t, "9.9.9", versionOf("", built("v9.9.9")))
	require.Equal(t, "0.0.0-20261129091800-c750f8cabcde+dirty", versionOf("", built("v0.0.0-20261129091800-c750f8cabcde+dirty")))
	require.Equal(t, "dev", versionOf("", built("(devel)")))
	require.Equal(t, "dev", versionOf("", func() (*debug.BuildInfo, bool) { return nil, false }))
}
