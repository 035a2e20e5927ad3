package diff

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
)

// portChanges are the ports of a process that change.
func portChanges(p pair) []Port {
	var list []Port
	for _, name := range []string{"plain", "tls"} {
		if c := (Port{Process: p.name, Name: name, Before: port(p.a, name), After: port(p.b, name)}); c.Before != c.After {
			list = append(list, c)
		}
	}
	return list
}

// port is where a process listens, and 0 where it does not or nobody knows.
func port(p *process, name string) int64 {
	if p == nil {
		return 0
	}
	get := p.service.Get
	key, enabled := "druid.plaintextPort", "druid.enablePlaintextPort"
	if name == "tls" {
		key, enabled = "druid.tlsPort", "druid.enableTlsPort"
	}
	if !strings.EqualFold(get(enabled).Text, "true") {
		return 0
	}
	v := get(key)
	if old := get("druid.port"); name == "plain" && !v.Set && old.Set {
		v = old // as conf of Imply and of Druid before 0.11 have it
	}
	return number(v)
}

func number(v conf.Value) int64 {
	n, _ := v.Int64()
	return n
}
