package retune

import (
	"fmt"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/sizing"
)

// locations changes how much segments may take, and not where they lie: that
// would be to load all of them anew. With another number of locations there is
// nothing to keep. A container has its own folders: one of them takes all that the plan
// has on the disks of a server.
func (e *editor) locations(s *conf.Service, f sizing.Figure) {
	v := s.Get(f.Key)
	have, want := v.JSON(), parse(f.Value)
	if e.tree.Form != conf.FormConf && have != nil && want != nil && len(have.Items) == 1 {
		want = parse(joined(want))
	}
	switch {
	case v.Set && !v.Known():
		e.note("%s: %s is filled in by a tool, and left as it is", s.Name, f.Key)
	case e.tree.Form != conf.FormConf && (have == nil || want == nil || len(have.Items) != len(want.Items)):
		e.note("%s: write %s by hand, for folders of the container: the plan has %s for the disks of a server", s.Name, f.Key, f.Value)
	case !v.Set:
		e.append(s, f)
	case have == nil || want == nil || len(have.Items) != len(want.Items):
		e.set(s, v, f, f.Value)
	default:
		if text, ok := resized(v.Text, have, want); !ok {
			e.set(s, v, f, f.Value)
		} else if text != v.Text {
			e.set(s, v, f, text)
		}
	}
}

// joined is one location in the place of several, of their size.
func joined(want *syntax.Node) string {
	var sum int64
	for _, item := range want.Items {
		if size, ok := item.Get("maxSize"); ok {
			n, _ := nodeBytes(size)
			sum += n
		}
	}
	return fmt.Sprintf(`[{"maxSize":%d}]`, sum)
}

// resized is the text with the sizes that are wanted; false if a location has
// none.
func resized(text string, have, want *syntax.Node) (string, bool) {
	var changes splice
	for i := range have.Items {
		old, ok := have.Items[i].Get("maxSize")
		size, wanted := want.Items[i].Get("maxSize")
		if !ok || !wanted {
			return "", false
		}
		a, isSize := nodeBytes(old)
		if b, _ := nodeBytes(size); !isSize || a != b {
			changes.at(old.Span.Start.Offset, old.Span.End.Offset, size.Text)
		}
	}
	return changes.apply(text), true
}

func parse(text string) *syntax.Node {
	node, _, err := syntax.ParseJSONPrefix([]byte(text))
	if err != nil {
		return nil
	}
	return node
}
