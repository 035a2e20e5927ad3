package suppress

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseText(t *testing.T) {
	tests := map[string]Directive{
		" implycheck:ignore a-b -- why":                      {Rules: []string{"a-b"}, Reason: "why"},
		"implycheck:ignore a-b,c-d -- why not":               {Rules: []string{"a-b", "c-d"}, Reason: "why not"},
		"implycheck:ignore a-b , c-d, a-b --why":             {Rules: []string{"a-b", "c-d"}, Reason: "why"},
		"implycheck:ignore a-b c-d -- why":                   {Rules: []string{"a-b", "c-d"}, Reason: "why"},
		"implycheck:ignore-file a-b -- see http://x:1 -- ok": {WholeFile: true, Rules: []string{"a-b"}, Reason: "see http://x:1 -- ok"},
		" implycheck:ignore a-b: why ":                       {Rules: []string{"a-b"}, Reason: "why"},
		"implycheck:ignore a-b -- why until 2027-03-31":      {Rules: []string{"a-b"}, Reason: "why", Until: "2027-03-31"},
		"implycheck:ignore a-b -- until 2027-03-31":          {Rules: []string{"a-b"}, Until: "2027-03-31"},
		"implycheck:ignore a-b -- why until 31.3.2027":       {Rules: []string{"a-b"}, Reason: "why", Until: "31.3.2027"},
		"implycheck:ignore a-b -- until then":                {Rules: []string{"a-b"}, Reason: "until then"},
		"implycheck:ignore a-b because of this":              {Rules: []string{"a-b"}},
		"implycheck:ignore a-b --":                           {Rules: []string{"a-b"}},
		"implycheck:ignore -- why":                           {Reason: "why"},
		"implycheck:ignore":                                  {},
		"implycheck:ignore a-b: line\n  break":               {Rules: []string{"a-b"}, Reason: "line break"},
	}
	for text, want := range tests {
		got, ok := parseText(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"implycheck", "implycheck wants it", "see implycheck:ignore a-b -- why", "implycheck:ignored a-b", "implycheck:ignore-next a-b -- why",
		"implycheck: ignore a-b -- why", "", "implycheck:",
	} {
		_, ok := parseText(text)
		require.False(t, ok, text)
	}
}

// FuzzDirective: whatever a comment says, what is read of it is whole, and
// written in the form of the documentation it is read alike.
func FuzzDirective(f *testing.F) {
	for _, text := range []string{
		" implycheck:ignore a-b,c-d -- why until 2027-03-31", "implycheck:ignore-file x: y", "implycheck:ignore ,, -- --", "implycheck:ignore a\xff -- \u2028",
	} {
		f.Add(text)
	}
	plain := regexp.MustCompile(`^[a-z0-9-]+$`)
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := parseText(text)
		if !ok {
			require.Equal(t, Directive{}, d)
			return
		}
		require.Contains(t, text, "implycheck:ignore")
		written := "implycheck:ignore"
		if d.WholeFile {
			written += "-file"
		}
		for i, name := range d.Rules {
			require.NotContains(t, d.Rules[:i], name)
			if !plain.MatchString(name) || name[0] == '-' {
				return // no rule has such a name
			}
			written += map[bool]string{true: " ", false: ","}[i == 0] + name
		}
		written += " -- " + d.Reason
		if d.Until != "" {
			written += " until " + d.Until
		}
		again, ok := parseText(written)
		require.True(t, ok)
		require.False(t, d.Until == "" && until.MatchString(d.Reason), "a date that was not read")
		require.Equal(t, d, again, written)
	})
}
