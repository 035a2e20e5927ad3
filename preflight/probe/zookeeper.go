package probe

import (
	"bufio"
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/preflight/facts"
)

// word asks a four-letter word. A server answers and closes the connection.
func word(ctx context.Context, address, word string) (string, error) {
	conn, err := connect(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := io.WriteString(conn, word); err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(bufio.NewReader(conn), 1<<20))
	if len(text) > 0 {
		return string(text), nil
	}
	return "", err
}

// zooKeeper asks a server for srvr, which every server allows unless somebody has
// forbidden it, and for conf, which few allow.
func zooKeeper(ctx context.Context, q facts.Server) (*facts.Stat, error) {
	text, err := word(ctx, q.Address, "srvr")
	if err != nil {
		return nil, err
	}
	s, ok := parseSrvr(text)
	if !ok {
		return nil, rejected{"what answers there is no ZooKeeper: " + firstLine(text)}
	}
	if conf, err := word(ctx, q.Address, "conf"); err == nil {
		addConf(s, conf)
	}
	return s, nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strconv.QuoteToGraphic(line[:min(len(line), 100)])
}

// parseSrvr reads lines such as "Mode: follower" and "Latency min/avg/max:
// 0/1.25/12". A server that waits for a quorum says so in place of them.
func parseSrvr(text string) (*facts.Stat, bool) {
	switch {
	case strings.Contains(text, "is not executed because it is not in the whitelist"):
		return &facts.Stat{Denied: true}, true
	case strings.Contains(text, "is not currently serving requests"):
		return &facts.Stat{NotServing: true}, true
	}
	s := &facts.Stat{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "Zookeeper version":
			s.Version, _, _ = strings.Cut(strings.Split(value, ",")[0], "-")
		case "Latency min/avg/max":
			if parts := strings.Split(value, "/"); len(parts) == 3 {
				s.Average, _ = strconv.ParseFloat(parts[1], 64)
			}
		case "Connections":
			s.Connections, _ = strconv.ParseInt(value, 10, 64)
		case "Outstanding":
			s.Outstanding, _ = strconv.ParseInt(value, 10, 64)
		case "Zxid":
			s.Zxid = value
		case "Mode":
			s.Mode = value
		}
	}
	return s, s.Version != "" || s.Mode != ""
}

// addConf reads what conf says of sessions and of the ensemble, one key=value a
// line: server.1=zk1:2888:3888:participant;0.0.0.0:2181.
func addConf(s *facts.Stat, text string) {
	number := map[string]*int64{"minSessionTimeout": &s.MinSession, "maxSessionTimeout": &s.MaxSession, "maxClientCnxns": &s.MaxConnections}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if n := number[name]; n != nil {
			*n, _ = strconv.ParseInt(value, 10, 64)
		}
		if strings.HasPrefix(name, "server.") {
			s.Members = append(s.Members, value)
		}
	}
}

// quiet keeps the client's log from the standard error.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
