package form

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/implycheck/implycheck/conf/live"
	"github.com/implycheck/implycheck/conf/syntax"
)

// notice looks at the state of a cluster: who does not answer, who is not what the
// others are, what is full.
func (r *clusterReader) notice() {
	for _, p := range r.cluster.Processes {
		r.noticeProcess(p)
	}
	if r.cluster.Listing == nil {
		r.fact(Fact{Kind: Alone, At: Place{Source: r.source(r.cluster.Processes[0].Status)}, Name: r.cluster.URL})
		return
	}
	roles := []string{"historical", "broker"}
	if n := r.node(r.cluster.Listing); n != nil && n.Kind != syntax.Object {
		roles = roles[:1] // the servers with segments, of which a Broker is none
	}
	for _, role := range roles {
		if r.tree.Announced[role] == 0 {
			r.fact(Fact{Kind: NoneOf, At: Place{Source: r.source(r.cluster.Listing)}, Name: role})
		}
	}
	if n := r.cluster.Omitted; n > 0 {
		r.tree.problem(Place{Source: r.source(r.cluster.Listing)}, fmt.Sprintf("%d processes more than can be looked at were not asked", n))
	}
	r.noticeLeader(r.cluster.Leader, "coordinator")
	r.noticeLeader(r.cluster.OverlordLeader, "overlord")
	r.noticeFill()
	r.noticeIntervals()
}

func (r *clusterReader) fact(f Fact) { r.tree.Facts = append(r.tree.Facts, f) }

// noticeProcess looks at one process.
func (r *clusterReader) noticeProcess(p *live.Process) {
	at := r.announced(p)
	switch {
	case !p.Status.OK():
		r.fact(Fact{Kind: NoAnswer, At: at, Service: p.Role, Name: unitOf(p), Detail: p.Status.Problem})
		return
	case !r.said(p):
		problem := p.Properties.Problem
		if problem == "" {
			problem = "what it answers is nothing that Druid would"
		}
		r.fact(Fact{Kind: NoAnswer, At: at, Service: p.Role, Name: unitOf(p), Detail: problem})
	}
	whole := Place{Source: r.source(p.Status)}
	if p.Discovered != nil && p.Discovered.Status == unavailable {
		r.fact(Fact{Kind: Undiscovered, At: whole, Service: p.Role, Name: unitOf(p)})
	}
	if ready, ok := r.node(p.Loaded).Get("inventoryInitialized"); ok && ready.Text == "false" {
		r.fact(Fact{Kind: NotReady, At: r.place(p.Loaded, ready.Span), Service: p.Role, Name: unitOf(p)})
	}
}

// announced is where a process is announced: the line of its host, if that is found.
func (r *clusterReader) announced(p *live.Process) Place {
	if !p.Announced.OK() {
		return Place{Source: r.source(r.cluster.Listing)}
	}
	at, port := Place{Source: r.source(p.Announced)}, strconv.Itoa(p.Port)
	nodes := itemsOf(r.node(p.Announced))
	if list, ok := r.node(p.Announced).Get(p.Role); ok {
		nodes = list.Items
	}
	for _, n := range nodes {
		if worker, ok := n.Get("worker"); ok {
			n = worker
		}
		host, ok := n.Get("host")
		if !ok || host.Text != p.Host && host.Text != unitOf(p) {
			continue
		}
		plain, _ := n.Get("plaintextPort")
		tls, _ := n.Get("tlsPort")
		if host.Text == unitOf(p) || plain != nil && plain.Text == port || tls != nil && tls.Text == port {
			return r.place(p.Announced, host.Span)
		}
	}
	return at
}

func itemsOf(n *syntax.Node) []*syntax.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// version compares what a process runs with the first one that has said it.
func (r *clusterReader) version(p *live.Process, says Named) {
	runs, ok := r.node(r.firstStatus()).Get("version")
	if !ok {
		r.first = p
		return
	}
	version := strings.TrimPrefix(says.Text, "druid:")
	if version != runs.Text {
		r.fact(Fact{
			Kind: OtherVersion, At: says.Place, Service: p.Role, Name: unitOf(p), Other: r.place(r.first.Status, runs.Span),
			Detail: version + ", and the " + r.first.Role + " " + unitOf(r.first) + " " + runs.Text,
		})
	}
}

func (r *clusterReader) firstStatus() *live.Answer {
	if r.first == nil {
		return nil
	}
	return r.first.Status
}

// Statuses of HTTP that mean something here.
const (
	noContent   = 204
	unavailable = 503
)

// noticeLeader looks at who leads, which is an address. A Coordinator that knows no
// leader answers nothing, and a Router that it cannot pass the question on.
func (r *clusterReader) noticeLeader(a *live.Answer, role string) {
	n := r.node(a)
	if n != nil && n.Text == "" || n == nil && a != nil && (a.Status == noContent || a.Status == unavailable) {
		r.fact(Fact{Kind: NoLeader, At: Place{Source: r.source(r.cluster.Listing)}, Name: role})
	}
}

// noticeFill looks at how full the servers with segments are, in hundredths.
func (r *clusterReader) noticeFill() {
	for _, n := range itemsOf(r.node(r.cluster.Servers)) {
		kind, _ := n.Get("type")
		host, _ := n.Get("host")
		size, _ := n.Get("currSize")
		most, _ := n.Get("maxSize")
		if kind == nil || kind.Text != "historical" || host == nil || size == nil || most == nil {
			continue
		}
		used, _ := strconv.ParseFloat(size.Text, 64)
		room, _ := strconv.ParseFloat(most.Text, 64)
		if room > 0 && used/room > 0.9 {
			r.fact(Fact{Kind: Full, At: r.place(r.cluster.Servers, size.Span), Service: "historical", Name: host.Text, Detail: strconv.FormatFloat(100*used/room, 'f', 2, 64)})
		}
	}
}

// smallSegments is the size below which the segments of a time chunk are small, on
// average.
const smallSegments = 100_000_000

// noticeIntervals counts the time chunks of each datasource that hold several small
// segments, and that nothing compacts.
func (r *clusterReader) noticeIntervals() {
	compacted := r.compacted()
	for _, name := range slices.Sorted(maps.Keys(r.cluster.Intervals)) {
		a := r.cluster.Intervals[name]
		n := r.node(a)
		if compacted == nil || compacted[name] || n == nil {
			continue
		}
		bad := 0
		for _, m := range n.Members {
			count, size := number(m.Value, "count"), number(m.Value, "size")
			if count > 1 && size > 1 && size/count < smallSegments && isOver(m.Key) {
				bad++
			}
		}
		if bad > 0 {
			r.fact(Fact{Kind: Uncompacted, At: Place{Source: r.source(a)}, Name: name, Detail: strconv.Itoa(bad)})
		}
	}
}

// compacted are the datasources that have automatic compaction; nil if that is not
// known.
func (r *clusterReader) compacted() map[string]bool {
	configs, ok := r.node(r.cluster.Compaction).Get("compactionConfigs")
	if !ok {
		return nil
	}
	names := map[string]bool{}
	for _, item := range configs.Items {
		if name, ok := item.Get("dataSource"); ok {
			names[name.Text] = true
		}
	}
	return names
}

func number(n *syntax.Node, key string) float64 {
	value, ok := n.Get(key)
	if !ok {
		return 0
	}
	f, _ := strconv.ParseFloat(value.Text, 64)
	return f
}

// isOver reports whether an interval, start/end, began more than a day ago.
func isOver(interval string) bool {
	start, _, _ := strings.Cut(interval, "/")
	t, err := time.Parse(time.RFC3339, start)
	return err == nil && time.Since(t) > 24*time.Hour
}
