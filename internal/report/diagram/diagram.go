// Package diagram draws who calls whom: one arrow from a role to each port that
// it needs, the servers as boxes.
package diagram

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/ports"
)

// Write draws a map.
type Write func(w io.Writer, m ports.Map) error

var formats = []struct {
	name  string
	write Write
}{{"mermaid", mermaid}, {"dot", dot}}

// Names lists the formats of diagrams.
func Names() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Lookup finds a format by its name.
func Lookup(name string) (Write, bool) {
	for _, f := range formats {
		if f.name == name {
			return f.write, true
		}
	}
	return nil, false
}

// box is a server or the outside, with what it holds.
type box struct {
	role  string
	nodes []node
}

// node is what an arrow ends at.
type node struct{ id, label string }

// arrow is a need to connect.
type arrow struct{ from, to, label string }

// titles are the headings of boxes.
var titles = lazy.Value[map[string]string]{New: func() map[string]string {
	return map[string]string{
		ports.Master: "Master server", ports.Query: "Query server", ports.Data: "Data server",
		ports.External: "Outside of the cluster",
	}
}}

// draw turns a map into boxes and arrows.
func draw(m ports.Map) ([]box, []arrow) {
	var boxes []box
	ids := map[string]string{}
	add := func(role, label string) string {
		i := slices.IndexFunc(boxes, func(b box) bool { return b.role == role })
		if i < 0 {
			i = len(boxes)
			boxes = append(boxes, box{role: role})
		}
		key := role + "\x00" + label
		if ids[key] == "" {
			ids[key] = fmt.Sprintf("n%d", len(ids))
			boxes[i].nodes = append(boxes[i].nodes, node{ids[key], label})
		}
		return ids[key]
	}
	for _, l := range m.Listeners {
		if l.Needed {
			add(l.Role, l.Name+" "+l.Range())
		}
	}
	var arrows []arrow
	for _, f := range m.Flows {
		label := f.Process + " " + f.Range()
		if f.To == ports.External {
			label = f.Destination() + " " + f.Range()
		}
		a := arrow{f.From, add(f.To, label), f.Purpose}
		if !slices.Contains(arrows, a) {
			arrows = append(arrows, a)
		}
	}
	return boxes, arrows
}

// sources are the ends of arrows that no box stands for: the clients, and the
// servers that the tree does not hold.
func sources(boxes []box, arrows []arrow) []string {
	var list []string
	for _, a := range arrows {
		inBox := slices.ContainsFunc(boxes, func(b box) bool { return b.role == a.from })
		if !inBox && !slices.Contains(list, a.from) {
			list = append(list, a.from)
		}
	}
	return list
}

// mermaid draws a flowchart for Markdown pages.
func mermaid(w io.Writer, m ports.Map) error {
	boxes, arrows := draw(m)
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "flowchart LR")
	for _, from := range sources(boxes, arrows) {
		fmt.Fprintf(out, "  %s([%s])\n", from, mermaidText(from))
	}
	for _, b := range boxes {
		fmt.Fprintf(out, "  subgraph %s[%s]\n", b.role, mermaidText(titles.Get()[b.role]))
		for _, n := range b.nodes {
			fmt.Fprintf(out, "    %s[%s]\n", n.id, mermaidText(n.label))
		}
		fmt.Fprintln(out, "  end")
	}
	for _, a := range arrows {
		fmt.Fprintf(out, "  %s -->|%s| %s\n", a.from, mermaidText(a.label), a.to)
	}
	return out.Flush()
}

// mermaidText quotes a label; a quote in it is an entity.
func mermaidText(label string) string {
	return `"` + strings.NewReplacer(`"`, "#quot;", "<", "#lt;", ">", "#gt;").Replace(text.Printable(label)) + `"`
}

// dot draws a graph for Graphviz.
func dot(w io.Writer, m ports.Map) error {
	boxes, arrows := draw(m)
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "digraph ports {\n  rankdir=LR;\n  compound=true;\n  node [shape=box];\n")
	for _, from := range sources(boxes, arrows) {
		fmt.Fprintf(out, "  %s [shape=ellipse];\n", dotText(from))
	}
	for _, b := range boxes {
		fmt.Fprintf(out, "  subgraph %s {\n    label=%s;\n    %s [shape=plaintext, label=\"\"];\n", dotText("cluster_"+b.role), dotText(titles.Get()[b.role]), dotText(b.role))
		for _, n := range b.nodes {
			fmt.Fprintf(out, "    %s [label=%s];\n", n.id, dotText(n.label))
		}
		fmt.Fprintln(out, "  }")
	}
	for _, a := range arrows {
		fmt.Fprintf(out, "  %s -> %s [label=%s];\n", dotText(a.from), a.to, dotText(a.label))
	}
	fmt.Fprintln(out, "}")
	return out.Flush()
}

func dotText(label string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text.Printable(label)) + `"`
}
