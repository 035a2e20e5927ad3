package rules

import (
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conftree"
	"github.com/implycheck/implycheck/schema"
)

// listener is a port that a process opens.
type listener struct {
	port int64
	// name is what listens: the broker, ZooKeeper's clients.
	name string
	// at is where the port is written, or where it could be.
	at Place
}

// listeners are the ports that the processes of a server open, as far as they
// are known.
func (p *Pass) listeners(s Server) []listener {
	var list []listener
	for _, service := range s.Services {
		list = append(list, p.serviceListeners(service)...)
		if service.Process() == "coordinator" {
			list = append(list, p.derbyListener(service)...)
		}
	}
	if s.starts("run-zk") {
		list = append(list, p.zooKeeperListener()...)
	}
	for _, c := range s.Commands {
		if strings.HasPrefix(c.Tool, "run-imply-ui") || strings.HasPrefix(c.Tool, "run-pivot") {
			list = append(list, p.fileListener(conftree.PivotConfig, "Pivot", "pivot", "port")...)
		}
	}
	return list
}

// serviceListeners are the plain and the TLS port of a Druid process.
func (p *Pass) serviceListeners(s *conftree.Service) []listener {
	var list []listener
	for _, port := range []struct{ key, enabled, name string }{
		{"druid.plaintextPort", "druid.enablePlaintextPort", s.Name},
		{"druid.tlsPort", "druid.enableTlsPort", s.Name + " (TLS)"},
	} {
		if !strings.EqualFold(s.Get(port.enabled).Text, "true") {
			continue
		}
		v := s.Get(port.key)
		if old := s.Get("druid.port"); port.key == "druid.plaintextPort" && !v.Set && old.Set {
			v = old
		}
		if n, ok := v.Int64(); ok && n > 0 {
			list = append(list, listener{n, port.name, p.Where(s, v)})
		}
	}
	return list
}

func (p *Pass) derbyListener(s *conftree.Service) []listener {
	if _, derby := p.usesDerby(); !derby {
		return nil
	}
	v := s.Get("druid.metadata.storage.connector.port")
	if n, ok := v.Int64(); ok && n > 0 {
		return []listener{{n, "Derby", p.Where(s, v)}}
	}
	return nil
}

func (p *Pass) zooKeeperListener() []listener {
	for _, f := range p.Files(conftree.ZooConfig) {
		if port := f.Zoo.ClientPort; port.Entry != nil && port.Err == "" {
			return []listener{{int64(port.Value), "ZooKeeper", valueOf(f, port.Entry)}}
		}
	}
	return nil
}

// fileListener is the port in the YAML or JSON file of another product, else
// its default.
func (p *Pass) fileListener(kind conftree.Kind, name, id, key string) []listener {
	for _, f := range p.Files(kind) {
		if f.Node == nil {
			continue
		}
		if n, ok := f.Node.Get(key); ok {
			if port, err := strconv.ParseInt(n.Text, 10, 32); err == nil {
				return []listener{{port, name, At(f, n.Span)}}
			}
			return nil
		}
		for _, l := range schema.Listeners() {
			if l.Name == id {
				return []listener{{int64(l.Port), name, In(f)}}
			}
		}
	}
	return nil
}
