package ports

import (
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/schema"
)

// beside are the ports of what runs on a server besides Druid. Where no
// supervise file tells, it is what the tree has files for.
func (s Server) beside(t *conf.Tree) []Listener {
	var list []Listener
	role := s.Role
	if role == "" || s.starts("run-zk") != nil {
		role = Master
	}
	if s.starts("run-zk") != nil || s.File == nil && (s.Role == Master || s.Role == "") {
		list = append(list, zooKeepers(t, role)...)
	}
	if s.starts("run-imply-ui", "run-pivot") != nil || s.File == nil && (s.Role == Query || s.Role == "") {
		for _, f := range t.Readable(conf.PivotConfig) {
			list = append(list, filePort(f, pivot, Query, "pivot", "port")...)
		}
	}
	for _, c := range s.Commands {
		if isTranquility(c) {
			list = append(list, tranquility(t, s, c)...)
		}
	}
	return list
}

const (
	pivot           = "Pivot"
	tranquilityName = "Tranquility"
)

// isTranquility knows Tranquility's server, which listens; its Kafka does not.
func isTranquility(c syntax.Command) bool {
	return c.ConfFile != nil && slices.ContainsFunc(c.Words, func(w syntax.Word) bool { return w.Text == "server" })
}

func tranquility(t *conf.Tree, s Server, c syntax.Command) []Listener {
	role := s.Role
	if role == "" {
		role = Data
	}
	for _, f := range t.Readable(conf.TranquilityJSON, conf.TranquilityYAML) {
		if strings.HasSuffix(f.Path, "/"+strings.TrimPrefix(c.ConfFile.Text, "./")) || f.Path == strings.TrimPrefix(c.ConfFile.Text, "./") {
			return filePort(f, tranquilityName, role, "tranquility", "properties", "http.port")
		}
	}
	port := defaultPort("tranquility")
	l := Listener{Role: role, Process: tranquilityName, Name: tranquilityName, Port: port, LastPort: port, Needed: true}
	return []Listener{l.at(place(s.File, c.Span, "", nil), false)}
}

// filePort is the port in the YAML or JSON file of another product, else its
// default.
func filePort(f *conf.File, name, role, id string, keys ...string) []Listener {
	l := Listener{Role: role, Process: name, Name: name, Needed: true}
	if f.Node == nil {
		return nil
	}
	if n, ok := f.Node.Path(keys...); ok {
		port, err := strconv.ParseInt(n.Text, 10, 64)
		if err != nil || !conf.IsPort(port) {
			return nil
		}
		l.Port, l.LastPort = port, port
		return []Listener{l.at(place(f, n.Span, keys[len(keys)-1], nil), true)}
	}
	l.Port = defaultPort(id)
	l.LastPort = l.Port
	return []Listener{l.at(conf.Place{File: f, Property: keys[len(keys)-1]}, false)}
}

// defaultPort is that of what is not Druid, by the schema's name for it.
func defaultPort(id string) int64 {
	for _, l := range schema.Listeners() {
		if l.Name == id {
			return int64(l.Port)
		}
	}
	return 0
}

// idle are the ports that one could expect and that nothing opens, with the
// reason.
func idle(t *conf.Tree, found []Listener) []Listener {
	if len(t.Services) == 0 {
		return nil
	}
	_, elsewhere := zooKeeperHere(t)
	var list []Listener
	for _, e := range []struct{ name, role, id, why string }{
		{zooKeeper, Master, "zookeeper-client", elsewhere},
		{"Derby", Master, "derby", noDerby(t)},
		{pivot, Query, "pivot", "no supervise file starts it with this tree"},
		{tranquilityName, Data, "tranquility", "no supervise file starts it with this tree"},
	} {
		if !slices.ContainsFunc(found, func(l Listener) bool { return l.Process == e.name }) {
			port := defaultPort(e.id)
			l := Listener{Role: e.role, Process: e.name, Name: e.name, Port: port, LastPort: port, Why: e.why}
			list = append(list, l.at(conf.Place{}, false))
		}
	}
	return list
}

func noDerby(t *conf.Tree) string {
	switch v := t.MetadataType(); {
	case v.Known() && !v.Is("derby"):
		return "the metadata store is " + v.Text + ": " + v.Key
	case slices.ContainsFunc(t.Services, func(s *conf.Service) bool { return s.Process() == "coordinator" }):
		return "the tree does not say what the metadata store is: " + v.Key
	}
	return "no Coordinator in the tree, which would run it"
}
