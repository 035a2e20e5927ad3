package probe

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/preflight/facts"
)

// serve hands each connection to a server of the test, and is its address.
func serve(t *testing.T, server func(conn net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go server(conn)
		}
	}()
	return l.Addr().String()
}

// A database that does not stop talking is not listened to until the memory is full.
func TestFloods(t *testing.T) {
	t.Parallel()
	for kind, talk := range map[string]struct{ first, again []byte }{
		"postgresql": {nil, bytes.Repeat([]byte("N\x00\x00\x00\x05\x00"), 1<<12)},                         // notices without a text
		"mysql":      {nil, append([]byte{0xff, 0xff, 0xff, 0}, bytes.Repeat([]byte{'x'}, 1<<24-1)...)},   // one packet in parts
		"a message":  {[]byte("R\x00\x00\x00\x08\x00\x00\x00\x00D\x3f\xff\xff\xf0"), make([]byte, 1<<16)}, // that is announced to be long
	} {
		address := serve(t, func(conn net.Conn) {
			defer conn.Close()
			go func() { _, _ = io.Copy(io.Discard, conn) }()
			_, err := conn.Write(talk.first)
			for err == nil {
				_, err = conn.Write(talk.again)
			}
		})
		q := facts.Database{Kind: kind, Servers: []string{address}, Name: "druid", TLS: []facts.TLS{{Mode: "disable"}}}
		if kind == "a message" {
			q.Kind = "postgresql"
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		a := Do(ctx, &facts.Question{Database: &q})
		cancel()
		require.NotNil(t, a.Problem, kind)
		require.NotEqual(t, facts.Timeout, a.Problem.Kind, "%s: it is not read until the time is up", kind)
		require.NotEqual(t, facts.Rejected, a.Problem.Kind, "%s: %s", kind, a.Problem.Text)
	}
}
