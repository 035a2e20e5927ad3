package syntax

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestEscapeValue(t *testing.T) {
	for text, want := range map[string]string{
		`[{"path":"/a","maxSize":1}]`: `[{"path":"/a","maxSize":1}]`, `C:\druid`: `C:\\druid`, " x": `\ x`, "a=b:c #!": "a=b:c #!", "": "",
	} {
		require.Equal(t, want, EscapeValue(text))
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		p := ParseProperties([]byte("key=" + EscapeValue(text) + "\nnext=1\n"))
		require.Len(t, p.Entries, 2)
		require.Equal(t, text, p.Entries[0].Value)
	})
}
