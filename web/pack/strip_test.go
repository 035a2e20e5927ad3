package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"log"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is laid out in a way that is not known is packed as it is, and said.
func TestUnknownLayout(t *testing.T) {
	next := append([]byte("\x00asm\x01\x00\x00\x00\x0b\x66\x01\x00\x41\x00\x0b\x60"), make([]byte, 96)...)
	binary.LittleEndian.PutUint64(next[16:], (magic-1)|1<<48|8<<56) // the magic word of another release
	known := bytes.Clone(next)
	binary.LittleEndian.PutUint64(known[16:], magic|1<<48|8<<56)
	known[16+8] = 9 // functions that are not there
	for name, data := range map[string][]byte{
		"short": []byte("\x00asm"), "empty": []byte("\x00asm\x01\x00\x00\x00"), "cut": []byte("\x00asm\x01\x00\x00\x00\x0b\xff\x01"),
		"no table": []byte("\x00asm\x01\x00\x00\x00\x0b\x07\x01\x00\x41\x00\x0b\x01x"), "next release": next, "same word": known,
	} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			log.SetOutput(&said)
			defer log.SetOutput(os.Stderr)
			file := filepath.Join(t.TempDir(), "a.wasm")
			require.NoError(t, os.WriteFile(file, data, 0o600))
			require.ErrorIs(t, strip(bytes.Clone(data)), errLayout)
			require.NoError(t, pack(file))
			require.Contains(t, said.String(), "it is packed with that table, and works")
			after, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, data, after)
			packed, err := os.Open(file + ".gz")
			require.NoError(t, err)
			defer packed.Close()
			r, err := gzip.NewReader(packed)
			require.NoError(t, err)
			unpacked, err := io.ReadAll(r)
			require.NoError(t, err)
			require.Equal(t, data, unpacked)
		})
	}
}
