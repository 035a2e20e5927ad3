package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the linker has not made is left alone, and said.
func TestNotGo(t *testing.T) {
	for name, data := range map[string]string{
		"short": "\x00asm", "empty": "\x00asm\x01\x00\x00\x00", "no table": "\x00asm\x01\x00\x00\x00\x0b\x07\x01\x00\x41\x00\x0b\x01x", "cut": "\x00asm\x01\x00\x00\x00\x0b\xff\x01",
	} {
		file := filepath.Join(t.TempDir(), "a.wasm")
		require.NoError(t, os.WriteFile(file, []byte(data), 0o600))
		require.ErrorIs(t, pack(file), errLayout, name)
		after, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, data, string(after))
	}
}
