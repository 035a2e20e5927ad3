package lsp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/lint"
)

// speak lets a server read a whole stream, and answers what it writes.
func speak(t testing.TB, stream string) (string, error) {
	var out bytes.Buffer
	err := Serve(t.Context(), strings.NewReader(stream), &out, Options{Lint: lint.Options{}})
	return out.String(), err
}

func framed(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(text), text)
	}
	return b.String()
}

const (
	start = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`
	stop  = `{"jsonrpc":"2.0","id":9,"method":"shutdown"}`
	exit  = `{"jsonrpc":"2.0","method":"exit"}`
)

// TestWrongMessages: each is answered, and the next one is taken.
func TestWrongMessages(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"not JSON":        {framed(`{"jsonrpc"`), `"id":null,"error":{"code":-32700`},
		"not an object":   {framed(`[1]`), `"id":null,"error":{"code":-32600`},
		"no length":       {"Content-Type: x\r\n\r\n", `"id":null,"error":{"code":-32600`},
		"negative":        {"Content-Length: -5\r\n\r\n", `"id":null,"error":{"code":-32600`},
		"too long":        {fmt.Sprintf("Content-Length: %d\r\n\r\n%s", maxMessage+1, strings.Repeat(" ", maxMessage+1)), `"id":null,"error":{"code":-32600`},
		"unknown":         {framed(`{"jsonrpc":"2.0","id":"a","method":"textDocument/rename","params":{}}`), `"id":"a","error":{"code":-32601`},
		"wrong params":    {framed(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"position":7}}`), `"id":2,"error":{"code":-32602`},
		"no params":       {framed(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover"}`), `"id":2,"error":{"code":-32602`},
		"twice":           {framed(start), `"id":1,"error":{"code":-32600`},
		"no document":     {framed(`{"jsonrpc":"2.0","id":2,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///no/such"}}}`), `"id":2,"result":null`},
		"no file":         {framed(`{"jsonrpc":"2.0","id":2,"method":"textDocument/completion","params":{"textDocument":{"uri":"untitled:1"}}}`), `"id":2,"result":null`},
		"a notification":  {framed(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":7}`), "textDocument/didOpen is not understood"},
		"an unknown one":  {framed(`{"jsonrpc":"2.0","method":"$/setTrace","params":7}`), `"id":9,"result":null`},
		"an answer":       {framed(`{"jsonrpc":"2.0","id":"watch","result":null}`), `"id":9,"result":null`},
		"nothing to stop": {framed(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":77}}`), `"id":9,"result":null`},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := speak(t, framed(start)+c.text+framed(stop, exit))
			require.NoError(t, err)
			require.Contains(t, out, c.want)
			require.Contains(t, out, `"id":9,"result":null`)
		})
	}
}

func TestLifeCycle(t *testing.T) {
	_, err := speak(t, framed(start, exit))
	require.ErrorIs(t, err, ErrNoShutdown)
	_, err = speak(t, framed(start))
	require.ErrorIs(t, err, ErrNoShutdown, "the stream has ended")
	_, err = speak(t, framed(start, stop))
	require.NoError(t, err)
	_, err = speak(t, framed(start)+"Content-Length: 100\r\n\r\n{}")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = speak(t, framed(start)+strings.Repeat("x", maxHeader+1))
	require.ErrorContains(t, err, "a line of the header has more than 4096 bytes")
	_, err = speak(t, strings.Repeat("x:y\r\n", maxHeaders+1))
	require.ErrorContains(t, err, "a header has more than 32 lines")
	out, err := speak(t, framed(`{"jsonrpc":"2.0","id":3,"method":"textDocument/hover","params":{}}`, start, stop, `{"jsonrpc":"2.0","id":4,"method":"textDocument/hover","params":{}}`, exit))
	require.NoError(t, err)
	require.Contains(t, out, `"id":3,"error":{"code":-32002`)
	require.Contains(t, out, `"id":4,"error":{"code":-32600`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, Serve(ctx, blocked{}, io.Discard, Options{}), context.Canceled)
}

// blocked never has anything to read.
type blocked struct{}

func (blocked) Read([]byte) (int, error) { select {} }

// TestCancel: a request that waits is answered as cancelled, one that was answered
// is not answered again, and one after it is.
func TestCancel(t *testing.T) {
	dir := lay(t, cluster)
	name := filepath.Join(dir, brokerFile)
	c := newClient(t, imply())
	c.initialize(dir)
	c.open(name, 1, "druid.service=druid/broker\n")
	c.at(name, 1)
	p := documentParams{TextDocument: textDocument{URI: uriOf(name)}}
	cancelled := 0
	for n := range 50 {
		c.change(name, n+2, change{nil, fmt.Sprintf("druid.service=druid/broker%d\n", n)})
		id := c.begin("textDocument/hover", p)
		c.notify("$/cancelRequest", map[string]any{"id": c.next})
		if r := c.answer(id); r.Error != nil {
			require.Equal(t, requestCancelled, r.Error.Code)
			cancelled++
		}
	}
	require.Positive(t, cancelled)
	var h *hover
	c.call("textDocument/hover", p, &h)
	require.Contains(t, h.Contents.Value, "druid/broker49")
	c.leave()
}

// TestPanics: a bug in one answer is no end.
func TestPanics(t *testing.T) {
	var out bytes.Buffer
	s := newServer(t.Context(), &writer{out: &out}, Options{})
	s.serve(waiting{id: []byte("5"), answer: func(*server, documentParams) any { panic("oops") }})
	require.Contains(t, out.String(), `"id":5,"error":{"code":-32603`)
	require.Contains(t, out.String(), "please report it: oops")
}

// TestConfigurationIsWrong: what keeps lint from running is said once.
func TestConfigurationIsWrong(t *testing.T) {
	dir := lay(t, cluster+"-- .implycheck.yaml --\nversion: 9\n")
	name := filepath.Join(dir, brokerFile)
	c := newClient(t, lint.Options{})
	c.initialize(dir)
	said := func() (n int) {
		for _, m := range c.others {
			if m.Method == "window/showMessage" {
				require.Contains(t, string(m.Params), ".implycheck.yaml:1:10")
				n++
			}
		}
		return n
	}
	c.until("the message", func() bool { return said() == 1 })
	c.open(name, 1, "druid.service=x\n")
	var h *hover
	c.call("textDocument/hover", documentParams{TextDocument: textDocument{URI: uriOf(name)}}, &h)
	require.Nil(t, h)
	c.mutex.Lock()
	require.Equal(t, 1, said())
	c.mutex.Unlock()
	c.leave()
}

// FuzzStream: whatever is read, the server ends with the stream.
func FuzzStream(f *testing.F) {
	for _, text := range []string{"", framed(start, stop, exit), framed(start, `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///none/such/runtime.properties","text":"druid.port=1"}}}`,
		`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///none/such/runtime.properties"},"contentChanges":[{"range":{"start":{"line":-1,"character":-1},"end":{"line":9e9,"character":1}},"text":"x"}]}}`)} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		if len(stream) > 1<<16 || strings.Contains(stream, "file:") && !strings.Contains(stream, "file:///none/") {
			return // no folders of this machine
		}
		_, _ = speak(t, stream)
	})
}

// FuzzPositions: an edit at any place gives a text, and a place of it leads back.
func FuzzPositions(f *testing.F) {
	f.Add("a𝒳b\r\nü\rc\n", 0, 2, 1, 0)
	f.Fuzz(func(t *testing.T, text string, line, character, endLine, endCharacter int) {
		data := []byte(text)
		whole := newText(data)
		after := apply(data, []change{{&textRange{position{line, character}, position{endLine, endCharacter}}, "+"}})
		require.Contains(t, string(after), "+")
		at := whole.offset(position{line, character})
		require.GreaterOrEqual(t, at, 0)
		require.LessOrEqual(t, at, len(data))
		require.Equal(t, at, whole.offset(whole.position(at)))
	})
}
