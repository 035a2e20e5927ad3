package sizing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/text"
)

// What a plan assumes where nobody says how many servers there are: two Brokers, as
// one may be lost, and as many Data servers as the tuning guide has one size for.
const (
	usualBrokers     = 2
	usualDataServers = 15
)

// alone reports whether everything runs on one machine.
func (r Request) alone() bool {
	return slices.ContainsFunc(r.Servers, func(s ServerRequest) bool { return s.Role == AllInOne })
}

// brokers is how many there are, or are assumed.
func (r Request) brokers() int64 { return r.assumed(r.Brokers, usualBrokers) }

func (r Request) dataServers() int64 { return r.assumed(r.DataServers, usualDataServers) }

func (r Request) assumed(given, usual int64) int64 {
	switch {
	case given > 0:
		return given
	case r.alone():
		return 1
	}
	return usual
}

func (b *builder) brokers() int64 { return b.request.brokers() }

// Peers are the numbers of other processes that a plan holds for.
type Peers struct {
	// Brokers and DataServers are those that were said, or assumed.
	Brokers, DataServers int64
	// MostBrokers and MostDataServers are up to how many the numbers hold; 0 where
	// nothing in the plan depends on it.
	MostBrokers, MostDataServers int64
	// Said reports whether somebody gave the number of Brokers and of Data servers.
	BrokersSaid, DataServersSaid bool
}

// dependants are the figures that depend on the number of peers.
var dependants = struct{ brokers, dataServers []string }{
	brokers:     []string{"druid.broker.http.numConnections", httpThreads},
	dataServers: []string{"-Xmx", "druid.broker.http.maxQueuedBytes"},
}

// peers are those that a plan holds for.
func (r Request) peers(p Plan) Peers {
	peers := Peers{Brokers: r.brokers(), DataServers: r.dataServers(), BrokersSaid: r.Brokers > 0, DataServersSaid: r.DataServers > 0}
	for _, s := range p.Servers {
		for _, process := range s.Processes {
			switch process.Service {
			case "historical", "middleManager", "indexer":
				most := (figureInt(process, httpThreads, 0) - 10) / max(1, r.connectionsOf(s))
				if peers.MostBrokers == 0 || most < peers.MostBrokers {
					peers.MostBrokers = most
				}
			case "broker":
				peers.MostBrokers = max(peers.MostBrokers, peers.Brokers)
				peers.MostDataServers = max(peers.DataServers, usualDataServers)
			case "coordinator", "coordinator-overlord":
				peers.MostDataServers = max(peers.DataServers, usualDataServers)
			}
		}
	}
	return peers
}

// connectionsOf is how many connections a Broker of this plan opens to a data
// process of a server.
func (r Request) connectionsOf(s Server) int64 {
	b := builder{request: r, school: schoolOf(r.Target), machine: s.Machine, allInOne: s.Role == AllInOne}
	return b.connections()
}

// Note says for how many the plan holds, and what depends on it.
func (p Peers) Note(s []Server) string {
	var parts []string
	add := func(most, n int64, said bool, thing, flag string, services, keys []string) {
		where := dependOn(s, services, keys)
		if most == 0 || len(where) == 0 {
			return
		}
		source := "as " + flag + " says"
		if !said {
			source = fmt.Sprintf("%d are assumed, %s says how many there are", n, flag)
			if n == 1 {
				source = fmt.Sprintf("1 is assumed, %s says how many there are", flag)
			}
		}
		parts = append(parts, fmt.Sprintf("It holds for up to %s %s (%s): %s depend on it.", grouped(most), plural(most, thing), source, text.List(where)))
	}
	add(p.MostBrokers, p.Brokers, p.BrokersSaid, "Broker", "--brokers", []string{"broker", "historical", "middleManager", "indexer"}, dependants.brokers)
	add(p.MostDataServers, p.DataServers, p.DataServersSaid, "Data server", "--data-servers", []string{"broker", "coordinator", "coordinator-overlord"}, dependants.dataServers)
	return strings.Join(parts, " ")
}

// dependOn names the figures of services in servers: druid.server.http.numThreads of
// historical.
func dependOn(servers []Server, services, keys []string) []string {
	var list []string
	for _, key := range keys {
		var of []string
		for _, s := range servers {
			for _, p := range s.Processes {
				if _, has := p.Figure(key); has && slices.Contains(services, p.Service) && !slices.Contains(of, p.Service) {
					of = append(of, p.Service)
				}
			}
		}
		if len(of) > 0 {
			list = append(list, key+" of "+text.List(of))
		}
	}
	return list
}

// Record is the plan's numbers of peers in the form of a comment, which lint reads.
func (p Peers) Record() string {
	var parts []string
	for _, n := range []struct {
		name string
		most int64
	}{{"brokers", p.MostBrokers}, {"data-servers", p.MostDataServers}} {
		if n.most > 0 {
			parts = append(parts, n.name+"="+strconv.FormatInt(n.most, 10))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return RecordMark + strings.Join(parts, " ")
}

// RecordMark begins what Record writes.
const RecordMark = "implycheck:sized-for "

// ParseRecord reads what Record writes, from a comment without its mark.
func ParseRecord(comment string) (Peers, bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(comment), RecordMark)
	var p Peers
	for field := range strings.FieldsSeq(rest) {
		name, value, _ := strings.Cut(field, "=")
		n, err := strconv.ParseInt(value, 10, 32)
		if err != nil || n < 1 {
			return Peers{}, false
		}
		switch name {
		case "brokers":
			p.MostBrokers = n
		case "data-servers":
			p.MostDataServers = n
		}
	}
	return p, ok
}
