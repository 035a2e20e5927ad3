package ports

import (
	"github.com/implycheck/implycheck/conftree"
)

const (
	metaTypeKey = "druid.metadata.storage.type"
	metaURIKey  = "druid.metadata.storage.connector.connectURI"
	metaPortKey = "druid.metadata.storage.connector.port"
)

func metadataType(t *conftree.Tree) conftree.Value {
	return t.Shared(metaTypeKey, "coordinator", "overlord")
}

func usesDerby(t *conftree.Tree) bool { return metadataType(t).Is("derby") }

// derby is the port that the Coordinator's Derby opens.
func derby(t *conftree.Tree, s *conftree.Service) Listener {
	v := s.Get(metaPortKey)
	n, ok := v.Int64()
	l := Listener{Role: processRoles.Get()[s.Name], Process: "Derby", Name: "Derby", Port: n, LastPort: n, Needed: ok && isPort(n), service: s}
	return l.at(t.Where(s, v), v.Set)
}
