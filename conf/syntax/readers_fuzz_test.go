package syntax

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// fuzzLimit keeps the inputs short: checking a span the obvious way takes as
// long as the text before it.
const fuzzLimit = 2048

// requireInside checks that a span lies within another one.
func requireInside(t *testing.T, inner, outer Span) {
	t.Helper()
	require.LessOrEqual(t, outer.Start.Offset, inner.Start.Offset)
	require.LessOrEqual(t, inner.End.Offset, outer.End.Offset)
}

func FuzzArgs(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > fuzzLimit {
			t.Skip("too long")
		}
		args := ParseArgs(data)
		at := 0
		for _, word := range args.Words {
			require.Equal(t, word.Raw, spanText(t, data, word.Span))
			require.LessOrEqual(t, at, word.Span.Start.Offset, "words in order")
			require.NotEmpty(t, word.Text)
			require.False(t, strings.ContainsAny(word.Text, " \t\n"))
			if !word.Quoted {
				require.Equal(t, word.Raw, word.Text)
			}
			at = word.Span.End.Offset
		}
		if args.Err != nil {
			require.Len(t, spanText(t, data, args.Err.Span), 1)
		}
	})
}

func FuzzFlags(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		words := ParseArgs(data).Words
		flags := ParseFlags(words)
		require.LessOrEqual(t, len(flags), len(words))
		for _, flag := range flags {
			require.True(t, strings.Contains(flag.Text, flag.Name))
			if flag.Kind != Size {
				continue
			}
			bytes, err := ParseJVMSize(flag.Value)
			require.Equal(t, err == nil, flag.BytesOK)
			require.Equal(t, bytes, flag.Bytes)
			require.GreaterOrEqual(t, bytes, int64(0))
		}
		for _, word := range SplitJavaOpts(string(data)) {
			require.NotEmpty(t, word)
			require.True(t, strings.Contains(string(data), word))
		}
	})
}

func FuzzSupervise(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > fuzzLimit {
			t.Skip("too long")
		}
		s := ParseSupervise(data)
		for _, d := range append(s.Verifies, s.Notifies...) {
			require.Equal(t, d.Text, spanText(t, data, d.Span))
		}
		for _, c := range s.Commands {
			require.Equal(t, c.Name, spanText(t, data, c.NameSpan))
			require.True(t, strings.HasSuffix(spanText(t, data, c.Span), c.Text))
			for _, word := range c.Words {
				require.Equal(t, word.Raw, spanText(t, data, word.Span))
				requireInside(t, word.Span, c.Span)
			}
		}
		for _, err := range s.Errors {
			spanText(t, data, err.Span)
		}
	})
}

// checkNode checks the spans of a JSON node.
func checkNode(t *testing.T, data []byte, node *Node) {
	text := spanText(t, data, node.Span)
	switch node.Kind {
	case Bool, Null, Number:
		require.Equal(t, node.Text, text)
	case String:
		require.True(t, utf8.ValidString(node.Text))
	case Array, Object:
		require.True(t, strings.HasSuffix(text, "]") || strings.HasSuffix(text, "}"))
	}
	for _, item := range node.Items {
		requireInside(t, item.Span, node.Span)
		checkNode(t, data, item)
	}
	for _, member := range node.Members {
		require.True(t, strings.HasPrefix(spanText(t, data, member.KeySpan), `"`))
		requireInside(t, member.Value.Span, node.Span)
		checkNode(t, data, member.Value)
	}
}

// plain is what encoding/json makes of the same text.
func plain(node *Node) any {
	switch node.Kind {
	case Null:
		return nil
	case Bool:
		return node.Text == "true"
	case Number:
		return json.Number(node.Text)
	case String:
		return node.Text
	case Array:
		items := []any{}
		for _, item := range node.Items {
			items = append(items, plain(item))
		}
		return items
	}
	members := map[string]any{}
	for _, member := range node.Members {
		members[member.Key] = plain(member.Value)
	}
	return members
}

func FuzzJSON(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > fuzzLimit {
			t.Skip("too long")
		}
		node, err := ParseJSON(data)
		text := bytes.TrimPrefix(data, []byte("\ufeff"))
		if err != nil {
			require.Nil(t, node)
			spanText(t, data, err.Span)
			require.True(t, err.Msg == "nested too deep" || !json.Valid(text), err.Msg)
			return
		}
		require.True(t, json.Valid(text))
		checkNode(t, data, node)
		if utf8.Valid(text) {
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.UseNumber()
			var want any
			require.NoError(t, decoder.Decode(&want))
			require.Equal(t, want, plain(node))
		}
		_, rest, err := ParseJSONPrefix(text)
		require.Nil(t, err)
		require.Equal(t, len(text), rest)
	})
}

func FuzzYAML(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > fuzzLimit {
			t.Skip("too long")
		}
		node, err := ParseYAML(data)
		if err != nil {
			require.Nil(t, node)
			spanText(t, data, err.Span)
			return
		}
		var walk func(*Node)
		walk = func(n *Node) {
			spanText(t, data, n.Span)
			for _, item := range n.Items {
				walk(item)
			}
			for _, member := range n.Members {
				spanText(t, data, member.KeySpan)
				walk(member.Value)
			}
		}
		walk(node)
	})
}

func FuzzXML(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := ParseXML(data)
		if err != nil {
			require.Nil(t, root)
			require.LessOrEqual(t, err.Span.End.Offset, len(data))
			return
		}
		var walk func(*Element)
		walk = func(e *Element) {
			text := data[e.Span.Start.Offset:e.Span.End.Offset]
			require.True(t, bytes.HasPrefix(text, []byte("<")) && bytes.HasSuffix(text, []byte(">")), "%q", text)
			for _, child := range e.Children {
				requireInside(t, child.Span, e.Span)
				walk(child)
			}
		}
		walk(root)
		HadoopProperties(root)
	})
}

func FuzzZoo(f *testing.F) {
	f.Fuzz(func(t *testing.T, key, value string) {
		zoo := ParseZoo(propertiesOf(key, value, "server.1", value, "clientPort", value))
		for _, s := range zoo.Servers {
			require.NotNil(t, s.Entry)
			if s.Err != "" {
				continue
			}
			require.NotEmpty(t, s.Host)
			for _, port := range []int{s.PeerPort, s.ElectionPort} {
				require.True(t, 0 < port && port <= maxPort)
			}
			require.Contains(t, []string{"participant", "observer"}, s.Role)
		}
		if zoo.ClientPort.Err == "" {
			require.True(t, 0 < zoo.ClientPort.Value && zoo.ClientPort.Value <= maxPort)
		}
	})
}
