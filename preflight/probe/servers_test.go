package probe

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
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
		"postgresql": {nil, append(binary.BigEndian.AppendUint32([]byte("N"), 1<<16), append(bytes.Repeat([]byte("M"), 1<<16-6), 0, 0)...)}, // notices
		"mysql":      {nil, append([]byte{0xff, 0xff, 0xff, 0}, bytes.Repeat([]byte{'x'}, 1<<24-1)...)},                                     // one packet in parts
		"a message":  {[]byte("R\x00\x00\x00\x08\x00\x00\x00\x00D\x3f\xff\xff\xf0"), make([]byte, 1<<16)},                                   // that is announced to be long
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

// Without TLS, MySQL 8 takes a password that is encrypted with its public key. Java's
// drivers ask for none unless they are told to, and neither does the client here: whoever
// answers could read the password.
func TestPublicKey(t *testing.T) {
	t.Parallel()
	for _, keys := range []bool{false, true} {
		got := make(chan []byte, 1)
		address := serve(t, func(conn net.Conn) {
			defer conn.Close()
			greeting := "\n8.0.36\x00\x01\x00\x00\x00saltsalt\x00\x09\x82\xff\x02\x00\x08\x00\x15" + strings.Repeat("\x00", 10) + "saltsaltsalt\x00caching_sha2_password\x00"
			_, _ = conn.Write(append([]byte{byte(len(greeting)), 0, 0, 0}, greeting...))
			head := make([]byte, 4)
			_, _ = io.ReadFull(conn, head)
			_, _ = io.CopyN(io.Discard, conn, int64(head[0])+int64(head[1])<<8)
			_, _ = conn.Write([]byte{2, 0, 0, head[3] + 1, 1, 4}) // all of the login is wanted
			rest := make([]byte, 5)
			n, _ := io.ReadFull(conn, rest)
			got <- rest[:n]
		})
		q := facts.Database{
			Kind: "mysql", Servers: []string{address}, Name: "druid", User: facts.Secret{Text: "druid"}, Password: facts.Secret{Text: "rosebud7"},
			TLS: []facts.TLS{{Mode: "disable", Keys: keys}},
		}
		a := Do(t.Context(), &facts.Question{Database: &q})
		require.NotNil(t, a.Problem)
		asked := <-got
		if !keys {
			require.Equal(t, facts.Rejected, a.Problem.Kind)
			require.Contains(t, a.Problem.Text, "Public Key Retrieval is not allowed")
			require.Empty(t, asked)
			continue
		}
		require.Equal(t, []byte{1, 0, 0, 3, 2}, asked)
	}
}
