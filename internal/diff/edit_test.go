package diff

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
)

// edit is one change of a file in meaning, and what must be said of it.
type edit struct {
	file     *conf.File
	from, to int // the bytes to replace
	text     string
	key      string
}

// TestEveryEditIsReportedOnce makes 50 edits at a time, in files of every kind,
// and expects 50 changes: one of each.
func TestEveryEditIsReportedOnce(t *testing.T) {
	eachFolder(t, func(t *rapid.T, dir string) {
		before := open(t, dir, nil)
		chosen := rapid.Permutation(edits(before)).Draw(t, "edits")
		chosen = chosen[:min(50, len(chosen))]
		c := compared(t, before, open(t, dir, apply(chosen)), quiet)
		got := map[string]int{}
		for _, change := range changesOf(c) {
			require.NotNil(t, change.After, said(c))
			got[change.After.File+" "+change.Key]++
		}
		for _, e := range chosen {
			require.Equal(t, 1, got[e.file.Path+" "+e.key], "%s in %s; said: %v", e.key, e.file.Path, said(c))
		}
		require.Len(t, got, len(chosen), said(c))
	})
}

func changesOf(c Cluster) []Change {
	var list []Change
	for _, g := range c.Groups {
		list = append(list, g.Changes...)
	}
	for _, f := range c.Files {
		list = append(list, f.Changes...)
	}
	return list
}

func apply(list []edit) map[string][]byte {
	overlay := map[string][]byte{}
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b edit) int { return b.from - a.from })
	for _, e := range list {
		data, ok := overlay[e.file.Path]
		if !ok {
			data = e.file.Data
		}
		overlay[e.file.Path] = slices.Concat(data[:e.from], []byte(e.text), data[e.to:])
	}
	return overlay
}

// edits are those that are possible in a tree: one for every value that counts.
func edits(t *conf.Tree) []edit {
	var list []edit
	for _, f := range t.Files {
		switch {
		case f.Kind == conf.JVMConfig && f.Args != nil && f.Err == nil:
			list = append(list, flagEdits(t, f)...)
		case f.Properties != nil && f.Err == nil:
			list = append(list, propertyEdits(t, f)...)
		case f.Node != nil:
			list = append(list, nodeEdits(f, "", f.Node)...)
		}
	}
	return list
}

// propertyEdits change every property that a process gets from the file.
func propertyEdits(t *conf.Tree, f *conf.File) []edit {
	var list []edit
	for i := range f.Properties.Entries {
		e := &f.Properties.Entries[i]
		last, _ := f.Properties.Get(e.Key)
		wins := slices.ContainsFunc(t.Readers(f), func(s *conf.Service) bool { v := s.Get(e.Key); return v.Entry == e })
		if last != e || e.Value == "" || !wins && len(t.Readers(f)) > 0 || strings.Contains(e.Value, "\n") {
			continue
		}
		text := other(e.Value)
		if strings.HasPrefix(e.Value, "[") || strings.HasPrefix(e.Value, "{") {
			continue
		}
		list = append(list, edit{f, e.ValueSpan.Start.Offset, e.ValueSpan.End.Offset, text, e.Key})
	}
	return list
}

// other is a value that means something else.
func other(text string) string {
	switch n, err := strconv.ParseInt(text, 10, 64); {
	case err == nil:
		return fmt.Sprint(n + 1)
	case strings.EqualFold(text, "true"):
		return "false"
	case strings.EqualFold(text, "false"):
		return "true"
	case strings.HasSuffix(text, `\`):
		return "other"
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), "#", "") + "x"
}

// flagEdits change every size and turn every switch.
func flagEdits(t *conf.Tree, f *conf.File) []edit {
	var list []edit
	last := lastFlags(f.Flags, true)
	for _, flag := range f.Flags {
		id := flagID(flag)
		e := edit{file: f, from: flag.Span.Start.Offset, to: flag.Span.End.Offset, key: id}
		switch {
		case last[id].Span != flag.Span || flag.Comment:
			continue
		case flag.Kind == syntax.Size && flag.BytesOK:
			e.text = strings.TrimSuffix(clean(flag.Text), clean(flag.Value)) + strconv.FormatInt(flag.Bytes+1<<20, 10)
		case flag.Kind == syntax.Toggle:
			e.text = "-XX:" + map[bool]string{true: "-", false: "+"}[flag.On] + flag.Name
		case flag.Kind == syntax.SystemProperty && flag.Value == "UTC":
			e.text = "-D" + flag.Name + "=CET"
			if len(t.Readers(f)) > 0 {
				e.key = flag.Name
			}
		default:
			continue
		}
		list = append(list, e)
	}
	return list
}

// nodeEdits change every number of a YAML or JSON file.
func nodeEdits(f *conf.File, path string, n *syntax.Node) []edit {
	var list []edit
	for i, x := range n.Items {
		list = append(list, nodeEdits(f, join(path, "["+nodeNames("", n)[i]+"]"), x)...)
	}
	for _, m := range n.Members {
		if last, _ := n.Get(m.Key); last == m.Value {
			list = append(list, nodeEdits(f, join(path, m.Key), m.Value)...)
		}
	}
	if _, err := strconv.Atoi(n.Text); n.Kind == syntax.Number && err == nil {
		list = append(list, edit{f, n.Span.Start.Offset, n.Span.End.Offset, other(n.Text), path})
	}
	return list
}
