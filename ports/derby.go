package ports

import (
	"github.com/implycheck/implycheck/conf"
)

const (
	metaTypeKey = "druid.metadata.storage.type"
	metaURIKey  = "druid.metadata.storage.connector.connectURI"
	metaPortKey = "druid.metadata.storage.connector.port"
)

func metadataType(t *conf.Tree) conf.Value {
	return t.Shared(metaTypeKey, "coordinator", "overlord")
}

func usesDerby(t *conf.Tree) bool { return metadataType(t).Is("derby") }

// derby is the port that the Coordinator's Derby opens.
func derby(t *conf.Tree, s *conf.Service) Listener {
	v := s.Get(metaPortKey)
	n, ok := v.Int64()
	l := Listener{Role: processRoles[s.Name], Process: "Derby", Name: "Derby", Port: n, LastPort: n, Needed: ok && isPort(n), service: s}
	return l.at(t.Where(s, v), v.Set)
}
