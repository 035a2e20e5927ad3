package probe

import (
	"encoding/binary"
	"io"
	"net"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// said is a connection on which somebody has said something.
type said struct {
	net.Conn
	io.Reader
}

func (s said) Read(b []byte) (int, error)  { return s.Reader.Read(b) }
func (s said) Write(b []byte) (int, error) { return len(b), nil }

// A message that is longer than any is not waited for, whatever came before it and in
// whatever pieces: no room is made for it.
func TestFramed(t *testing.T) {
	t.Parallel()
	number := func(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
	varint := func(n uint64) []byte { return binary.AppendUvarint(nil, n) }
	for name, c := range map[string]struct {
		length func([]byte) (uint64, bool)
		ok     []byte // is read
		no     []byte // ends it
	}{
		"NameNode":                 {fourBytes, join(number(3), []byte("abc"), number(0), number(2), []byte("de")), number(1<<20 + 1)},
		"NameNode that is a web":   {fourBytes, nil, []byte("HTTP/1.1 200 OK")},
		"DataNode":                 {ofDataNode, join(varint(300), make([]byte, 300), varint(0), varint(1), []byte("x")), varint(1 << 34)},
		"DataNode without an end":  {ofDataNode, nil, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}},
		"DataNode, nearly no more": {ofDataNode, join(varint(1<<20), make([]byte, 1<<20)), varint(1<<20 + 1)},
	} {
		for _, inPieces := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.HalfReader, func(r io.Reader) io.Reader { return r }} {
			pipe, other := net.Pipe()
			go func() { _, _ = other.Write(join(c.ok, c.no)); _ = other.Close() }()
			f := &framed{Conn: said{pipe, inPieces(pipe)}, length: c.length, none: errNoHDFS}
			text, err := io.ReadAll(f)
			require.ErrorIs(t, err, errNoHDFS, name)
			require.LessOrEqual(t, len(text), len(c.ok)+len(c.no), name)
		}
	}
	// What is encrypted has no lengths that could be read.
	pipe, other := net.Pipe()
	go func() { _, _ = other.Write(varint(1 << 34)); _ = other.Close() }()
	f := &framed{Conn: said{pipe, pipe}, length: ofDataNode, none: errNoHDFS}
	_, err := f.Write([]byte{0xde, 0xad, 0xbe, 0xef, 0})
	require.NoError(t, err)
	_, err = io.ReadAll(f)
	require.NoError(t, err)
}
