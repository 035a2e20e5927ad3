package preflight

import (
	"encoding/json"
	"fmt"
	"net"
	"strconv"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/rules"
)

func databaseStateChecks() []*Check {
	return []*Check{liveDBConnections, liveDBReadOnly, liveDBPacket, liveDBLatency, liveDBClock}
}

// poolSize is how many connections each Coordinator and Overlord may open: dbcp2's
// maxTotal, 8 unless the configuration says otherwise.
func (p *Pass) poolSize() int64 {
	if n, ok := p.Tree.Shared("druid.metadata.storage.connector.dbcp.maxTotal", "coordinator", "overlord").Int64(); ok {
		return n
	}
	var dbcp struct {
		MaxTotal json.Number `json:"maxTotal"`
	}
	if json.Unmarshal([]byte(p.Tree.Shared("druid.metadata.storage.connector.dbcp").Text), &dbcp) == nil {
		if n, err := strconv.ParseInt(string(dbcp.MaxTotal), 10, 64); err == nil {
			return n
		}
	}
	return 8
}

var liveDBConnections = &Check{
	Rule: rules.Rule{
		ID: "live-db-connections", Severity: finding.Warning,
		Title:  "The metadata store has fewer connections left than this machine's processes may open.",
		Why:    "Each Coordinator and each Overlord has a pool of its own, of 8 connections unless druid.metadata.storage.connector.dbcp.maxTotal says otherwise.",
		Effect: "FATAL: sorry, too many clients already, or Too many connections, under load.",
		Fix:    "Raise max_connections of the server, or the limit of the user or of the database; or lower dbcp.maxTotal.",
		Source: "org.apache.commons.dbcp2.BasicDataSource (maxTotal 8), as SQLMetadataConnector.makeDatasource uses it: apache/druid, 5c4be15, lines 926-952",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		processes := map[*conf.Service]bool{}
		for _, s := range p.plays("coordinator", "overlord") {
			processes[s] = true
		}
		want := int64(len(processes)) * p.poolSize()
		left := a.Database.MaxConnections - a.Database.Connections
		required, current := fmt.Sprintf("%d", want), fmt.Sprintf("%d of %d left", left, a.Database.MaxConnections)
		whose := a.Target
		if limited := a.Database.Limited; limited != "" {
			current, whose = current+" for "+limited, whose+" for "+limited
		}
		switch {
		case a.Database.MaxConnections <= 0:
			p.Unknown(a, required, "the user may not ask")
		case left < want:
			p.Warn(a, required, current, "%s has %d connections left, and the pools of %s may open %d", whose, left, names(p.plays("coordinator", "overlord")), want)
		default:
			p.Pass(a, required, current)
		}
	},
}

var liveDBReadOnly = &Check{
	Rule: rules.Rule{
		ID: "live-db-read-only", Severity: finding.Error,
		Title:  "The metadata store accepts no writes: it is a replica, or read-only.",
		Why:    "Druid writes to it all the time; after a failover the host name may still resolve to the replica.",
		Effect: "cannot execute INSERT in a read-only transaction, or The MySQL server is running with the --read-only option: segments are not published.",
		Fix:    "Name the primary in connectURI; of several PostgreSQL servers with targetServerType=primary.",
		Source: "PostgreSQL 15.18 (default_transaction_read_only) and MariaDB 10.11 (read_only), run",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		const required = "accepts writes"
		switch {
		case a.Database.Replica:
			p.Fail(a, required, "a replica", "%s is a replica that is recovering from its primary", a.Database.Server)
		case a.Database.ReadOnly:
			p.Fail(a, required, "read-only", "%s is read-only", a.Database.Server)
		default:
			p.Pass(a, required, "accepts writes")
		}
	},
}

// leastPacket is enough for the metadata of a segment with thousands of columns.
const leastPacket = 16 << 20

var liveDBPacket = &Check{
	Rule: rules.Rule{
		ID: "live-db-packet-size", Severity: finding.Warning,
		Title:  "A MySQL that accepts only small packets.",
		Why:    "The metadata of a segment, a task or a supervisor is one value of a statement, and grows with its columns.",
		Effect: "Packet for query is too large: segments with many columns are not published.",
		Fix:    "Set max_allowed_packet=16M or more.",
		Source: "MySQL's manual (max_allowed_packet: 64 MB by default in 8.0, MariaDB 16 MB, 5.7 4 MB)",
	},
	Needs: func(p *Pass) []Need {
		if n, ok := p.databaseNeed(); ok && n.Question.Database.Kind == "mysql" {
			return []Need{n}
		}
		return nil
	},
	Known: func(p *Pass, a Asked) {
		required, current := text.About(leastPacket), text.About(a.Database.MaxPacket)
		switch {
		case a.Database.MaxPacket == 0:
			p.Unknown(a, required, "it does not say")
		case a.Database.MaxPacket < leastPacket:
			p.Warn(a, required, current, "max_allowed_packet of %s is %s", a.Target, current)
		default:
			p.Pass(a, required, current)
		}
	},
}

var liveDBLatency = &Check{
	Rule: rules.Rule{
		ID: "live-db-latency", Severity: finding.Warning,
		Title:  "A metadata store that is far away.",
		Why:    "Publishing segments and assigning tasks are many statements, one after the other.",
		Effect: "The Overlord is slow with many tasks, and the Coordinator with many segments.",
		Fix:    "Run the database near the Masters.",
		Source: "measured with a query that reads no table",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		current := fmt.Sprintf("%.1f ms", a.Database.PingMS)
		if a.Database.PingMS > 20 {
			p.Warn(a, "20 ms", current, "a query to %s takes %s", a.Target, current)
			return
		}
		p.Pass(a, "20 ms", current)
	},
}

var liveDBClock = &Check{
	Rule: rules.Rule{
		ID: "live-db-clock", Severity: finding.Error,
		Title:  "The clock differs from that of the metadata store.",
		Why:    "Times of tasks and segments are this machine's, and those of its partners may be the database's.",
		Effect: "Clean-up by age removes too early or too late.",
		Fix:    "Keep both clocks right with chronyd or systemd-timesyncd.",
		Source: "select now(), compared",
	},
	Needs: databases,
	Known: func(p *Pass, a Asked) {
		off, precision := clockOff(a)
		p.judgeOffset(a, off, precision)
	},
}

// local reports whether a server, host:port, is on this machine.
func local(server string) bool {
	host, _, err := net.SplitHostPort(server)
	return err == nil && conf.IsLoopback(host)
}
