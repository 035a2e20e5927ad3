package diff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// TestReformattedIsTheSame writes every file of real trees anew, in another
// order, with other blanks, escapes, units, line ends and comments, and moves
// properties to the shared file where nobody else reads them: nothing changes.
func TestReformattedIsTheSame(t *testing.T) {
	eachFolder(t, func(t *rapid.T, dir string) {
		before := open(t, dir, nil)
		require.Empty(t, said(compared(t, before, open(t, dir, reformat(t, before)), quiet)))
	})
}

// line is a property to be written.
type line struct{ key, value string }

// reformat gives other bytes for each file that is understood.
func reformat(t *rapid.T, tree *conf.Tree) map[string][]byte {
	overlay := map[string][]byte{}
	shared := []line{}
	for _, s := range tree.Services {
		if s.Runtime == nil || s.Runtime.Properties == nil || s.Common != nil {
			continue
		}
		own := lines(s.Runtime)
		if tree.Common != nil && tree.Common.Properties != nil {
			own = slices.DeleteFunc(own, func(l line) bool {
				moves := movable(tree, s, l.key) && rapid.Bool().Draw(t, "move")
				if moves {
					shared = append(shared, l)
				}
				return moves
			})
		}
		overlay[s.Runtime.Path] = propertiesText(t, tree, own)
	}
	if tree.Common != nil && tree.Common.Properties != nil {
		overlay[tree.Common.Path] = propertiesText(t, tree, append(lines(tree.Common), shared...))
	}
	for _, f := range tree.Files {
		switch {
		case f.Kind == conf.JVMConfig && f.Args != nil && f.Err == nil && tame(f.Args.Words):
			overlay[f.Path] = arguments(t, f)
		case f.Kind == conf.ZooConfig && f.Properties != nil && f.Err == nil:
			overlay[f.Path] = propertiesText(t, tree, lines(f))
		case f.Kind != conf.MainConfig && f.Properties == nil && f.Args == nil && !strings.Contains(string(f.Data), "\r"):
			overlay[f.Path] = []byte(strings.ReplaceAll(string(f.Data), "\n", ending(t)))
		}
	}
	return overlay
}

// lines are the properties of a file that count.
func lines(f *conf.File) []line {
	var list []line
	for _, e := range f.Properties.Entries {
		list = slices.DeleteFunc(list, func(l line) bool { return l.key == e.Key })
		list = append(list, line{e.Key, e.Value})
	}
	return list
}

// movable reports whether only this process sees the key, or would look at it.
func movable(tree *conf.Tree, s *conf.Service, key string) bool {
	p, ok := schema.Lookup(key)
	if !ok || len(s.Settings(key)) != 1 || tree.Get(key).Set {
		return false
	}
	return !slices.ContainsFunc(tree.Services, func(other *conf.Service) bool {
		reads := p.Releases.Has(tree.Target.Release) && other.Reads(p) && other.Applies(p, key)
		return other != s && (reads || len(other.Settings(key)) > 0)
	})
}

// propertiesText writes properties in one of the many ways.
func propertiesText(t *rapid.T, tree *conf.Tree, list []line) []byte {
	var b strings.Builder
	end := ending(t)
	for _, l := range rapid.Permutation(list).Draw(t, "order") {
		b.WriteString(rapid.SampledFrom([]string{"", "# a comment", "! druid.port=1" + end, end, "  "}).Draw(t, "before"))
		if !strings.HasSuffix(b.String(), end) && b.Len() > 0 && !strings.HasSuffix(b.String(), "  ") {
			b.WriteString(end)
		}
		b.WriteString(escape(t, l.key, " :=#!\\"))
		b.WriteString(rapid.SampledFrom([]string{"=", ":", " = ", "\t", " : ", "=\\" + end + "   "}).Draw(t, "separator"))
		b.WriteString(escape(t, rewritten(t, tree, l), "\\"))
		b.WriteString(end)
	}
	return []byte(b.String())
}

func ending(t *rapid.T) string {
	return rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")
}

// escape writes a text as java.util.Properties reads it back.
func escape(t *rapid.T, text, special string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\f':
			b.WriteString(`\f`)
		case r > '~':
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, unit)
			}
		case strings.ContainsRune(special, r), i == 0 && strings.ContainsRune(" :=", r), r == ':' && rapid.Bool().Draw(t, "escape"):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// rewritten is a value in another notation.
func rewritten(t *rapid.T, tree *conf.Tree, l line) string {
	p, ok := schema.Lookup(l.key)
	release := tree.Target.Release
	if !ok || p.Check(l.value, release) != nil || !rapid.Bool().Draw(t, "rewrite") {
		return l.value
	}
	switch kind := p.TypeIn(release); {
	case kind == schema.Bool && l.value == "true":
		return "True"
	case kind == schema.Bytes && p.Units != 0 && release >= p.Units && strings.HasSuffix(l.value, "MiB"):
		return strings.TrimSuffix(l.value, "MiB") + "Mi"
	case kind.IsNumber() && p.Check(" "+l.value, release) == nil:
		return " " + l.value + " "
	case (kind == schema.Object || kind == schema.List) && l.key != "druid.router.tierToBrokerMap": // whose order counts
		var value any
		if json.Unmarshal([]byte(l.value), &value) == nil && !strings.ContainsAny(l.value, "0123456789") {
			data, err := json.MarshalIndent(value, "", " ") // sorts the members
			require.NoError(t, err)
			return string(data)
		}
	}
	return l.value
}

// tame arguments can be written down without quotes.
func tame(words []syntax.Word) bool {
	return !slices.ContainsFunc(words, func(w syntax.Word) bool {
		return w.Comment || strings.ContainsAny(w.Text, " \t\r\n'\"\\#") || w.Text == "" || !strings.HasPrefix(w.Text, "-")
	})
}

// arguments writes the flags of java in another order, one or several a line.
func arguments(t *rapid.T, f *conf.File) []byte {
	var b strings.Builder
	last := lastFlags(f.Flags, true)
	var list []string
	for _, flag := range f.Flags {
		text := flag.Text
		if flag.HasValue && !strings.Contains(text, flag.Value) {
			text += " " + flag.Value // -cp and its path
		}
		if flag.Kind == syntax.Size && flag.Bytes%(1<<20) == 0 && rapid.Bool().Draw(t, "unit") {
			text = strings.TrimSuffix(text, flag.Value) + strconv.FormatInt(flag.Bytes>>20, 10) + "M"
		}
		if last[flagID(flag)].Span == flag.Span {
			list = append(list, text)
		}
	}
	for _, text := range rapid.Permutation(list).Draw(t, "flags") {
		b.WriteString(text + rapid.SampledFrom([]string{" ", "\n", "\r\n", "\n\n"}).Draw(t, "between"))
	}
	return []byte(b.String())
}
