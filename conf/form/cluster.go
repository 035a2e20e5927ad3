package form

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf/live"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/schema"
)

// Cluster is the form of a running cluster. No file is in it: what its processes have
// answered is.
const Cluster = "cluster"

// OfCluster is that form for what a cluster has answered. A source of it is an answer,
// by its address, and a process gets what it said of itself: of its properties those
// that somebody has told it, and of its command line the heap, the direct memory and
// the properties of Java that Druid depends on.
func OfCluster(c *live.Cluster) Form {
	r := &clusterReader{cluster: c, sources: map[*live.Answer]*Source{}, nodes: map[*live.Answer]*syntax.Node{}}
	return Form{Name: Cluster, Read: func(_ *Input, s *Source) []*Tree { return []*Tree{r.read(s)} }}
}

// MainOf is the source that stands for a whole cluster: what names its processes.
func MainOf(c *live.Cluster) *Source {
	a := c.Listing
	if a == nil {
		a = c.Processes[0].Status
	}
	return &Source{Path: a.URL, Data: a.Data}
}

// clusterReader makes a tree of answers.
type clusterReader struct {
	cluster *live.Cluster
	tree    *Tree
	first   *live.Process // that has told its version
	sources map[*live.Answer]*Source
	nodes   map[*live.Answer]*syntax.Node
}

func (r *clusterReader) read(main *Source) *Tree {
	r.tree, r.first = &Tree{Containers: map[string]Limits{}}, nil
	r.count()
	if r.cluster.Listing != nil {
		r.sources[r.cluster.Listing] = main
	} else {
		r.sources[r.cluster.Processes[0].Status] = main
	}
	var own [][]Text
	for _, p := range r.cluster.Processes {
		own = append(own, r.properties(p))
	}
	shared := r.shared(own)
	if len(shared) > 0 {
		home := Place{Source: main}
		r.tree.Files = append(r.tree.Files, &File{Name: "common.runtime.properties", Text: Join(shared...), Home: home, Hidden: r.hidden(r.cluster.Processes...)})
	}
	for i, p := range r.cluster.Processes {
		r.process(p, beyond(own[i], shared))
	}
	r.notice()
	return r.tree
}

// count says how many processes of each role there are, and on how many hosts.
func (r *clusterReader) count() {
	if r.cluster.Listing == nil {
		return
	}
	r.tree.Announced = map[string]int64{}
	hosts := map[string]bool{}
	for _, p := range r.cluster.Processes {
		r.tree.Announced[p.Role]++
		hosts[p.Host] = true
	}
	if len(hosts) > 1 {
		r.tree.Deployed = Deployed{"cluster", fmt.Sprintf("its processes run on %d hosts", len(hosts))}
	}
}

// source is an answer as a file.
func (r *clusterReader) source(a *live.Answer) *Source {
	s := r.sources[a]
	if s == nil {
		s = &Source{Path: a.URL, Data: a.Data}
		r.sources[a] = s
	}
	r.tree.use(s)
	return s
}

// node is what an answer holds, nil if that is nothing.
func (r *clusterReader) node(a *live.Answer) *syntax.Node {
	if !a.OK() {
		return nil
	}
	if _, known := r.nodes[a]; !known {
		r.nodes[a], _ = syntax.ParseJSON(a.Data)
	}
	return r.nodes[a]
}

// place is that of a part of an answer.
func (r *clusterReader) place(a *live.Answer, span syntax.Span) Place {
	return Place{r.source(a), span.Start.Offset, span.End.Offset}
}

// unitOf is what the process is called: its host and port.
func unitOf(p *live.Process) string { return p.Host + ":" + strconv.Itoa(p.Port) }

// process adds the files of a process that has answered.
func (r *clusterReader) process(p *live.Process, own []Text) {
	if p.Role == "" || !r.said(p) {
		return
	}
	home := Place{Source: r.source(p.Properties)}
	r.tree.Files = append(r.tree.Files,
		&File{Name: "runtime.properties", Unit: unitOf(p), Service: p.Role, Dir: p.URL, Text: Join(own...), Home: home, Hidden: r.hidden(p)},
		&File{Name: "jvm.config", Unit: unitOf(p), Service: p.Role, Dir: p.URL, Text: r.flags(p), Home: home, Open: true, Told: true})
	if version, ok := r.node(p.Status).Get("version"); ok && version.Kind == syntax.String {
		image := Named{"druid:" + version.Text, r.place(p.Status, version.Span)}
		r.version(p, image)
		if !slices.ContainsFunc(r.tree.Images, func(n Named) bool { return n.Text == image.Text }) {
			r.tree.Images = append(r.tree.Images, image)
		}
	}
	if java, ok := r.node(p.Properties).Get("java.specification.version"); ok && r.tree.Java == 0 {
		r.tree.Java, _ = strconv.Atoi(strings.TrimPrefix(java.Text, "1."))
	}
}

// said reports whether a process has said what it was told.
func (r *clusterReader) said(p *live.Process) bool {
	n := r.node(p.Properties)
	return n != nil && n.Kind == syntax.Object
}

// properties are the lines that a process has been told, in the order of their keys.
// What Java and the libraries set is not among them.
func (r *clusterReader) properties(p *live.Process) (lines []Text) {
	if !r.said(p) {
		return nil
	}
	for _, m := range r.node(p.Properties).Members {
		if isDruids(m.Key) && m.Value.Kind == syntax.String {
			key := r.text(p.Properties, m.Key, m.KeySpan, syntax.EscapeKey)
			value := r.text(p.Properties, m.Value.Text, m.Value.Span, syntax.EscapeValue)
			lines = append(lines, Join(key, key.made("="), value, value.made("\n")))
		}
	}
	return lines
}

// isDruids reports whether a property is one that Druid has from its files, or could.
func isDruids(key string) bool {
	return strings.HasPrefix(key, "druid.") || strings.HasPrefix(key, "hadoop.")
}

// javasOwn are how the properties begin that Java, Log4j and Druid's main program set.
var javasOwn = []string{
	"java.", "sun.", "os.", "user.", "jdk.", "awt.", "file.", "path.", "line.", "native.", "http.", "https.", "ftp.", "socksNonProxyHosts",
	"stdout.", "stderr.", "log4j.shutdown", "log4j2.is.webapp", "jna.", "io.netty.", "org.jboss.netty.",
}

// text is a string of an answer as a properties file has it.
func (r *clusterReader) text(a *live.Answer, s string, span syntax.Span, escape func(string) string) Text {
	at := r.place(a, span)
	at.From, at.To = at.From+1, at.To-1 // without the quotes
	if escaped := escape(s); escaped != s || string(a.Data[at.From:at.To]) != s {
		return Made(escaped, at)
	}
	return Exact(s, at, nil)
}

// toldJava are the properties of Java that Druid depends on, whoever has set them.
var toldJava = []string{"user.timezone", "file.encoding", "java.io.tmpdir", "java.util.logging.manager", "log4j.configurationFile"}

// plainWord is what xargs and a shell leave as it is.
var plainWord = lazy.Regexp{Expr: `^[\w./:+,-]+$`}

// flags are what is known of the command line.
func (r *clusterReader) flags(p *live.Process) Text {
	var lines []Text
	add := func(a *live.Answer, n *syntax.Node, flag string) {
		if !plainWord.MatchString(n.Text) {
			return
		}
		at := r.place(a, n.Span)
		lines = append(lines, Join(Made(flag, at), Made(n.Text, at), Made("\n", at)))
	}
	heap, _ := r.node(p.Status).Path("memory", "maxMemory")
	direct, _ := r.node(p.Status).Path("memory", "directMemory")
	if isWhole(heap) {
		add(p.Status, heap, "-Xmx")
	}
	if heap != nil && direct != nil && direct.Text != heap.Text && isWhole(direct) {
		add(p.Status, direct, "-XX:MaxDirectMemorySize=")
	}
	for _, m := range r.node(p.Properties).Members {
		if isFlag(m.Key) && m.Value.Kind == syntax.String && plainWord.MatchString(m.Key) {
			add(p.Properties, m.Value, "-D"+m.Key+"=")
		}
	}
	return Join(lines...)
}

// isFlag reports whether a property is one that a command line of java has set.
func isFlag(key string) bool {
	own := slices.ContainsFunc(javasOwn, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
	return slices.Contains(toldJava, key) || !own && !isDruids(key)
}

// isWhole reports whether a number of bytes is one that somebody may have written.
// Some collectors leave a part of the heap out of what they say its size is.
func isWhole(n *syntax.Node) bool {
	if n == nil || n.Kind != syntax.Number {
		return false
	}
	bytes, err := strconv.ParseInt(n.Text, 10, 64)
	return err == nil && bytes > 0 && bytes%(1<<20) == 0
}

// ownKeys are what every process has for itself.
var ownKeys = []string{"druid.host", "druid.bindOnHost", "druid.port", "druid.plaintextPort", "druid.tlsPort", "druid.service"}

// shared are the lines that all processes have: those of the shared file. A single
// process has there what is not for it alone.
func (r *clusterReader) shared(own [][]Text) (lines []Text) {
	count := map[string]int{}
	answered := 0
	for _, list := range own {
		answered += min(len(list), 1)
		for _, line := range list {
			count[line.s]++
		}
	}
	for _, list := range own {
		if len(list) == 0 {
			continue
		}
		for _, line := range list {
			key, _, _ := strings.Cut(line.s, "=")
			if count[line.s] == answered && !slices.Contains(ownKeys, key) && (answered > 1 || forSeveral(key)) {
				lines = append(lines, line)
			}
		}
		return lines
	}
	return nil
}

// forSeveral reports whether processes of several kinds read a property.
func forSeveral(key string) bool {
	p, ok := schema.Lookup(key)
	return ok && len(p.Services) != 1
}

// beyond are the lines that are not among the shared ones.
func beyond(lines, shared []Text) (rest []Text) {
	known := map[string]bool{}
	for _, line := range shared {
		known[line.s] = true
	}
	for _, line := range lines {
		if !known[line.s] {
			rest = append(rest, line)
		}
	}
	return rest
}

const hiddenKey = "druid.server.hiddenProperties"

// hidden answers which properties processes keep to themselves: those whose key
// contains one of a list.
func (r *clusterReader) hidden(processes ...*live.Process) func(key string) bool {
	var terms []string
	for _, p := range processes {
		terms = append(terms, r.hides(p)...)
	}
	return func(key string) bool {
		key = strings.ToLower(key)
		return slices.ContainsFunc(terms, func(term string) bool { return strings.Contains(key, term) })
	}
}

// hides is the list of a process: its own, else that of the newest release, which
// contains those of all before.
func (r *clusterReader) hides(p *live.Process) (terms []string) {
	text := ""
	if own, ok := r.node(p.Properties).Get(hiddenKey); ok {
		text = own.Text
	} else if property, ok := schema.Lookup(hiddenKey); ok {
		d, _ := property.DefaultIn(schema.Newest)
		text = d.Value
	}
	list, _ := syntax.ParseJSONValue(text).Strings()
	for _, term := range list {
		terms = append(terms, strings.ToLower(term))
	}
	return terms
}
