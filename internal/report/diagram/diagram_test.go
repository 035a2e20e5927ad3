package diagram

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/ports"
)

func sample() ports.Map {
	return ports.Map{
		Listeners: []ports.Listener{
			{Role: ports.Query, Process: "broker", Name: "broker", Port: 8082, LastPort: 8082, Needed: true},
			{Role: ports.Query, Process: "Pivot", Name: "Pivot", Port: 9095, LastPort: 9095},
		},
		Flows: []ports.Flow{
			{From: ports.Clients, To: ports.Query, Process: "broker", Port: 8082, LastPort: 8082, Purpose: "queries"},
			{From: ports.Query, To: ports.External, Process: "mysql", Host: `a"b]\`, Port: 3306, LastPort: 3306, Purpose: "metadata"},
		},
	}
}

// TestArrowsEndAtNodes finds both ends of every arrow among what is drawn.
func TestArrowsEndAtNodes(t *testing.T) {
	for _, c := range []struct{ format, node, arrow string }{
		{"mermaid", `(?m)^ +(?:subgraph )?(\w+)[\[(]`, `(?m)^  (\w+) -->\|.*\| (\w+)$`},
		{"dot", `(?m)^ +"?(\w+)"? \[`, `(?m)^  "(\w+)" -> (\w+) \[`},
	} {
		var out bytes.Buffer
		write, ok := Lookup(c.format)
		require.True(t, ok)
		require.NoError(t, write(&out, sample()))
		nodes := map[string]bool{}
		for _, m := range regexp.MustCompile(c.node).FindAllStringSubmatch(out.String(), -1) {
			nodes[m[1]] = true
		}
		arrows := regexp.MustCompile(c.arrow).FindAllStringSubmatch(out.String(), -1)
		require.Len(t, arrows, 2, out.String())
		for _, a := range arrows {
			require.True(t, nodes[a[1]] && nodes[a[2]], "%s -> %s in\n%s", a[1], a[2], out.String())
		}
		require.NotContains(t, out.String(), "9095", "what nothing opens is not drawn")
	}
}

func TestLabelsAreQuoted(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, mermaid(&out, sample()))
	require.Contains(t, out.String(), `["mysql: a#quot;b]\ 3306"]`)
	out.Reset()
	require.NoError(t, dot(&out, sample()))
	require.Contains(t, out.String(), `[label="mysql: a\"b]\\ 3306"]`)
}
