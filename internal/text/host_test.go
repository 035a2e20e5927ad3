package text

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestHostsAsNet: hosts, ports and addresses are read and written as package net does.
func TestHostsAsNet(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "meadow", ":", "::", "[", "]", "]:", "%", "1", "8081", "127.0.0.1", "0.0.0.0", "fd00", "ffff", ".", "", " ", "\x00"})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for range rapid.IntRange(0, 7).Draw(t, "pieces") {
			text += piece.Draw(t, "piece")
		}
		host, port, ok := SplitHostPort(text)
		wantHost, wantPort, err := net.SplitHostPort(text)
		require.Equal(t, err == nil, ok, "%q", text)
		require.Equal(t, wantHost, host, "%q", text)
		require.Equal(t, wantPort, port, "%q", text)
		require.Equal(t, net.JoinHostPort(text, "1"), JoinHostPort(text, "1"))

		ip, ok := ParseIP(text)
		want := net.ParseIP(text)
		require.Equal(t, want != nil, ok, "%q", text)
		if ok {
			require.Equal(t, want.IsLoopback(), ip.IsLoopback(), "%q", text)
			require.Equal(t, want.IsUnspecified(), ip.IsUnspecified(), "%q", text)
		}
	})
	for _, text := range []string{"", ":", "a:", ":1", "[::1]:80", "[::1]", "[::1]80", "::1", "a:1:2", "[a]b:1", "a]:1", "[[a]:1", "[]:1"} {
		_, _, ok := SplitHostPort(text)
		_, _, err := net.SplitHostPort(text)
		require.Equal(t, err == nil, ok, "%q", text)
	}
}
