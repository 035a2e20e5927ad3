package syntax

import (
	"strconv"
	"strings"
)

// Zoo is a zoo.cfg as ZooKeeper understands it.
type Zoo struct {
	Servers    []ZooServer // in the order of the file
	ClientPort ZooInt
	DataDir    ZooText
	TickTime   ZooInt
	InitLimit  ZooInt
	SyncLimit  ZooInt
}

// ZooText is a text of zoo.cfg; Entry is nil when it is not there.
type ZooText struct {
	Value string
	Entry *Entry
}

// ZooInt is a number of zoo.cfg; Entry is nil when it is not there. Err says
// why ZooKeeper does not take it.
type ZooInt struct {
	Value int
	Entry *Entry
	Err   string
}

// ZooServer is a line server.ID=host:peerPort:electionPort[:role][;clientPort].
// Err says why ZooKeeper does not take it; what could be read is there.
type ZooServer struct {
	ID           int64
	Host         string
	PeerPort     int
	ElectionPort int
	Role         string // "participant", also when none is given, or "observer"
	ClientPort   int    // since ZooKeeper 3.5; 0 when the server has none of its own
	Entry        *Entry
	Err          string
}

// ParseZoo reads the entries of a zoo.cfg. Of entries with the same key the
// last one counts.
func ParseZoo(p *Properties) *Zoo {
	zoo := &Zoo{
		ClientPort: zooInt(p, "clientPort"),
		DataDir:    zooText(p, "dataDir"),
		TickTime:   zooInt(p, "tickTime"),
		InitLimit:  zooInt(p, "initLimit"),
		SyncLimit:  zooInt(p, "syncLimit"),
	}
	if zoo.ClientPort.Value > maxPort && zoo.ClientPort.Err == "" {
		zoo.ClientPort.Err = "not a port"
	}
	counts := make(map[string]int) // the entry that counts, by key
	for i := range p.Entries {
		counts[p.Entries[i].Key] = i
	}
	for i := range p.Entries {
		entry := &p.Entries[i]
		id, ok := strings.CutPrefix(strings.TrimSpace(entry.Key), "server.")
		if ok && counts[entry.Key] == i {
			zoo.Servers = append(zoo.Servers, zooServer(id, entry))
		}
	}
	return zoo
}

const maxPort = 65535

func zooText(p *Properties, key string) ZooText {
	entry, ok := p.Get(key)
	if !ok {
		return ZooText{}
	}
	return ZooText{Value: strings.TrimSpace(entry.Value), Entry: entry}
}

func zooInt(p *Properties, key string) ZooInt {
	text := zooText(p, key)
	if text.Entry == nil {
		return ZooInt{}
	}
	value, err := strconv.ParseInt(text.Value, 10, 32)
	if err != nil {
		return ZooInt{Entry: text.Entry, Err: "not a number"}
	}
	number := ZooInt{Value: int(value), Entry: text.Entry}
	if value <= 0 {
		number.Err = "not a positive number"
	}
	return number
}

// zooServer reads one server line.
func zooServer(id string, entry *Entry) ZooServer {
	server := ZooServer{Role: "participant", Entry: entry}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		server.Err = "the part after `server.` is not a number"
		return server
	}
	server.ID = number
	address, client, hasClient := strings.Cut(strings.TrimSpace(entry.Value), ";")
	server.readAddress(address)
	if hasClient && server.Err == "" {
		// It may have an address of its own: server.1=a:2888:3888;0.0.0.0:2181.
		server.ClientPort = server.port(client[strings.LastIndex(client, ":")+1:], "client port")
	}
	return server
}

// readAddress reads host:peerPort:electionPort[:role]. The host may be an IPv6
// address in brackets.
func (s *ZooServer) readAddress(address string) {
	var rest string
	if strings.HasPrefix(address, "[") {
		host, ports, ok := strings.Cut(address[1:], "]:")
		if !ok {
			s.Err = "a host that begins with [ needs ]: behind it"
			return
		}
		s.Host, rest = host, ports
	} else {
		s.Host, rest, _ = strings.Cut(address, ":")
	}
	parts := strings.Split(rest, ":")
	switch {
	case s.Host == "" || rest == "" || len(parts) > 3:
		s.Err = "not of the form host:peerPort:electionPort[:role]"
		return
	case len(parts) == 1:
		s.Err = "the election port is missing: host:peerPort:electionPort"
	}
	s.PeerPort = s.port(parts[0], "peer port")
	if len(parts) > 1 {
		s.ElectionPort = s.port(parts[1], "election port")
	}
	if len(parts) > 2 {
		s.readRole(parts[2])
	}
}

func (s *ZooServer) readRole(role string) {
	s.Role = strings.ToLower(role)
	if s.Role != "participant" && s.Role != "observer" && s.Err == "" {
		s.Err = "the role is participant or observer"
	}
}

// port reads a port; the first thing that is wrong with a server is kept.
func (s *ZooServer) port(text, name string) int {
	port, err := strconv.Atoi(text)
	if err == nil && 0 < port && port <= maxPort {
		return port
	}
	if s.Err == "" {
		s.Err = "the " + name + " is not a port"
	}
	return 0
}
