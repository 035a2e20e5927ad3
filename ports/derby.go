package ports

import (
	"github.com/implycheck/implycheck/conf"
)

const (
	metaURIKey  = "druid.metadata.storage.connector.connectURI"
	metaPortKey = "druid.metadata.storage.connector.port"
)

// derby is the port that the Coordinator's Derby opens.
func derby(t *conf.Tree, s *conf.Service) Listener {
	v := s.Get(metaPortKey)
	n, ok := v.Int64()
	l := Listener{Role: s.ServerRole(), Process: "Derby", Name: "Derby", Port: n, LastPort: n, Needed: ok && conf.IsPort(n), service: s}
	return l.at(t.Where(s, v), v.Set)
}
