package rules

import (
	"bytes"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/sizing"
)

// sizedFor is what the tree says of the numbers of servers that it was sized for,
// and the comment that says so.
func (p *Pass) sizedFor() (peers sizing.Peers, at syntax.Comment, ok bool) {
	f := p.Tree.Common
	if f == nil || !bytes.Contains(f.Data, []byte(sizing.RecordMark)) {
		return peers, at, false
	}
	for _, c := range f.Comments() {
		if peers, ok := sizing.ParseRecord(c.Text); ok {
			return peers, c, true
		}
	}
	return peers, at, false
}

// brokers is how many there are, as far as somebody told.
func (t Topology) brokers() int64 { return max(t.Brokers, t.QueryServers) }

// outgrown is a number of servers that is larger than a tree was sized for.
type outgrown struct {
	sized, are int64
	thing      string
	// keys depend on it.
	keys []string
}

// outgrowns are the numbers that a tree was sized for and that hold no longer.
func (t Topology) outgrowns(sized sizing.Peers) (list []outgrown) {
	for _, o := range []outgrown{
		{sized.MostBrokers, t.brokers(), "Brokers", []string{connectionsKey, serverThreadsKey}},
		{sized.MostDataServers, t.DataServers, "Data servers", []string{"-Xmx of Brokers and Coordinators", queuedKey}},
	} {
		if o.sized > 0 && o.are > o.sized {
			list = append(list, o)
		}
	}
	return list
}

const queuedKey = "druid.broker.http.maxQueuedBytes"

var sizedOutgrown = &Rule{
	ID: "size-plan-outgrown", Severity: finding.Warning, Area: Consistency,
	Title:  "More servers than the tree was sized for.",
	Why:    "Connections, threads and the heaps of Brokers and Coordinators depend on how many Brokers and Data servers there are; implycheck size records for how many its numbers hold.",
	Effect: "Brokers open more connections than data processes have threads, or keep more on their heaps than was planned: queries wait, or a Broker runs out of memory.",
	Fix:    "Size the tree anew: implycheck size --conf with --brokers and --data-servers shows what to change.",
	Source: "docs/operations/basic-cluster-tuning.md (connection pool sizing, Broker heap), 0.15 - 38",
	Check: func(p *Pass) {
		sized, at, ok := p.sizedFor()
		if !ok {
			return
		}
		for _, o := range p.Topology.outgrowns(sized) {
			p.Report(At(p.Tree.Common, at.Span), "sized for up to %d %s, and there are %d: %s no longer fit", o.sized, singular(o.sized, o.thing), o.are, strings.Join(o.keys, " and "))
		}
	},
}

// singular is a word for one or several, given for several.
func singular(n int64, words string) string {
	if n == 1 {
		return strings.TrimSuffix(words, "s")
	}
	return words
}

// outgrewBrokers reports whether the tree was sized for fewer Brokers than there
// are: sizedOutgrown says so, and what follows of it needs no finding of its own.
func (p *Pass) outgrewBrokers() bool {
	sized, _, ok := p.sizedFor()
	return ok && sized.MostBrokers > 0 && p.Topology.brokers() > sized.MostBrokers
}
