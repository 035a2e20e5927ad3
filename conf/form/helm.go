package form

import (
	"bytes"
	_ "embed"
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// chartData are the values that the known charts have where nobody sets others, as
// far as they reach Druid.
//
//go:embed charts.yaml
var chartData []byte

var chartValues = lazy.Value[*Node]{New: func() *Node {
	s := &Source{Data: chartData}
	documents, err := s.Documents()
	if err != nil || len(documents) != 1 {
		panic("charts.yaml is broken")
	}
	return documents[0]
}}

// The known charts: that of apache/druid, of the incubator before and of
// asdf2014/druid-helm since, and that of wiremind.
const (
	apacheChart   = "apache"
	wiremindChart = "wiremind"
)

// maxInside bounds the texts of a file that are read as YAML: each costs as much as the file.
const maxInside = 20

// isHelm reports whether a file holds values of a known chart.
func isHelm(s *Source) bool { return len(helmValues(s)) > 0 }

// helmRoot is a map of values, and whether it is the file's own top.
type helmRoot struct {
	values *Node
	chart  string
	top    bool
}

// helmValues finds values of a chart in a file: the file's own, below the name of the
// chart in those of a chart around it, or in a resource that tells a controller to
// install it.
func helmValues(s *Source) (list []helmRoot) {
	if !bytes.Contains(s.Data, []byte("druid_")) && !bytes.Contains(s.Data, []byte("DRUID_")) || isTemplate(s) {
		return nil
	}
	documents, _ := s.Documents()
	left := maxInside
	inside := func(n *Node) *Node {
		if n == nil || left == 0 {
			return nil
		}
		left--
		return s.inside(n)
	}
	for _, n := range documents {
		for _, values := range valuesIn(n, inside) {
			for _, c := range append([]*Node{values}, charts(values)...) {
				if chart := chartOf(c); chart != "" {
					list = append(list, helmRoot{c, chart, c == n})
				}
			}
		}
	}
	return list
}

// valuesIn are the values that a document holds: itself, those in a resource that tells a
// controller to install a chart, as a map or as a text, and those in a helmfile.
func valuesIn(n *Node, inside func(*Node) *Node) (list []*Node) {
	switch n.Get("kind").String() {
	case "":
		list = append(list, n)
		for _, release := range items(n.Get("releases")) {
			list = append(list, items(release.Get("values"))...)
		}
	case "HelmRelease":
		list = append(list, n.Path("spec", "values"))
	case "HelmChart", "HelmChartConfig":
		list = append(list, inside(n.Path("spec", "valuesContent")))
	case "Application":
		for _, from := range append([]*Node{n.Path("spec", "source")}, items(n.Path("spec", "sources"))...) {
			list = append(list, from.Path("helm", "valuesObject"), inside(from.Path("helm", "values")))
		}
	}
	return list
}

// charts are the values of the charts that a chart is made of, under the names that it
// gives them.
func charts(values *Node) (list []*Node) {
	if values != nil {
		for _, m := range values.Members {
			list = append(list, m.Value)
		}
	}
	return list
}

// isTemplate reports whether a file is a template of a chart, and no YAML yet.
func isTemplate(s *Source) bool { return bytes.Contains(s.Data, []byte("{{")) && s.hasFailed() }

func (s *Source) hasFailed() bool {
	_, err := s.Documents()
	return err != nil
}

// chartOf tells a known chart by the places in which variables of the image stand.
func chartOf(n *Node) string {
	if n == nil || n.Kind != Map || n.Get("services") != nil && n.Get("configVars") == nil {
		return ""
	}
	found := ""
	if isEnvironment(n.Get("configVars")) {
		found = apacheChart
	}
	for _, role := range roles {
		r := n.Get(role)
		if isEnvironment(r.Get("config")) {
			found = apacheChart
		}
		if isEnvironment(r.Get("envVars")) || isEnvironment(r.Path("defaults", "envVars")) {
			return wiremindChart
		}
		for _, groups := range []string{"tiers", "categories"} {
			if g := r.Get(groups); g != nil && g.Kind == Map && slices.ContainsFunc(g.Members, func(m Member) bool { return isEnvironment(m.Value.Get("envVars")) }) {
				return wiremindChart
			}
		}
	}
	return found
}

// isEnvironment reports whether a map holds variables of the image.
func isEnvironment(n *Node) bool {
	return n != nil && n.Kind == Map && slices.ContainsFunc(n.Members, func(m Member) bool {
		return strings.HasPrefix(strings.ToLower(m.Key.s), "druid_")
	})
}

// readHelm reads values of a chart.
func readHelm(in *Input, s *Source) (trees []*Tree) {
	for _, root := range helmValues(s) {
		h := &helm{kube: newKube(in), dir: path.Dir(s.Path), top: Place{Source: s}}
		h.values = h.whole(root, s)
		if root.chart == wiremindChart {
			h.wiremind()
		} else {
			h.apache()
		}
		if len(h.tree.processes) > 0 {
			trees = append(trees, h.tree)
		}
	}
	return trees
}

// helm reads the values of a chart as its templates do.
type helm struct {
	*kube
	dir    string // the folder of the values
	top    Place
	values *Node
	image  Text
	// templates are those of the chart, where it is here: its owner may have changed them.
	templates []*Source
}

// whole are the values with those below them: the chart's own, which lie in its
// values.yaml if the chart is here.
func (h *helm) whole(root helmRoot, s *Source) *Node {
	if root.top {
		if _, err := h.in.File(path.Join(h.dir, "Chart.yaml")); err == nil {
			h.findTemplates()
			base, err := h.in.File(path.Join(h.dir, "values.yaml"))
			if err != nil || base == s {
				return root.values
			}
			documents, _ := base.Documents()
			if len(documents) == 1 && chartOf(documents[0]) == root.chart {
				h.tree.use(base)
				return merge(documents[0], root.values, nil, 0)
			}
			return root.values
		}
	}
	h.tree.Partial = true // further values may be given beside these
	return merge(chartValues.Get().Get(root.chart), root.values, &h.top, 0)
}

// maxMerged is how deep values are laid over others: what Druid gets lies in the first
// few maps, and aliases make deep ones endless.
const maxMerged = 6

// merge lays values over others, as Helm does: maps key by key, and null takes a key
// away. What comes from the chart is said to be where the values are that do not
// set it.
func merge(base, over *Node, at *Place, depth int) *Node {
	switch {
	case over == nil:
		return moved(base, at)
	case depth > maxMerged:
		return over
	case base == nil || base.Kind != Map || over.Kind != Map:
		return over
	}
	if at != nil {
		place := over.At
		at = &place
	}
	out := &Node{Kind: Map, At: over.At}
	for _, m := range base.Members {
		own := over.Get(m.Key.s)
		if own != nil && own.IsNull() {
			continue
		}
		key := m.Key
		if at != nil {
			key = stockText(key.s, *at)
		}
		out.Members = append(out.Members, Member{key, merge(m.Value, own, at, depth+1)})
	}
	for _, m := range over.Members {
		if i := slices.IndexFunc(out.Members, func(o Member) bool { return o.Key.s == m.Key.s }); i >= 0 {
			out.Members[i].Key = m.Key
		} else if !m.Value.IsNull() {
			out.Members = append(out.Members, m)
		}
	}
	return out
}

// moved is a value of the chart, said to be at a place.
func moved(n *Node, at *Place) *Node {
	if at == nil {
		return n
	}
	out := *n
	out.At = *at
	if n.Kind == Scalar {
		out.Text = stockText(n.Text.s, *at)
	}
	out.Members, out.Items = nil, nil
	for _, m := range n.Members {
		out.Members = append(out.Members, Member{stockText(m.Key.s, *at), moved(m.Value, at)})
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, moved(item, at))
	}
	return &out
}

// findImage reads the image, whose tag may be that of the chart.
func (h *helm) findImage() {
	i := h.values.Get("image")
	if i == nil {
		return
	}
	if i.Kind == Scalar {
		h.image = i.Text
		return
	}
	repository, tag := i.text("repository"), i.text("tag")
	if repository.s == "" {
		return
	}
	if tag.s == "" {
		if chart, err := h.in.File(path.Join(h.dir, "Chart.yaml")); err == nil {
			if documents, _ := chart.Documents(); len(documents) > 0 {
				tag = repository.made(documents[0].text("appVersion").s)
			}
		}
	}
	if h.image = repository; tag.s != "" {
		h.image = Join(repository, tag.made(":"), tag)
	}
}
