package effective

import (
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/conf/syntax"
	"github.com/implycheck/implycheck/internal/text"
	"github.com/implycheck/implycheck/schema"
)

// Normal is the same for all texts that a key's readers take for the same value
// in a release. What they refuse stays as it is written.
func Normal(key, value string, r schema.Release) string {
	p, ok := schema.Lookup(key)
	if !ok {
		return normalJSON(key, value)
	}
	if value == "" || p.Check(value, r) != nil {
		return value
	}
	switch kind := p.TypeIn(r); {
	case kind.IsNumber():
		if n, ok := size(p, value, r); ok {
			return strconv.FormatInt(n, 10)
		}
	case kind == schema.Bool:
		return strings.ToLower(strings.TrimSpace(value))
	case kind == schema.Double:
		if x, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
			return strconv.FormatFloat(x, 'g', -1, 64)
		}
	case kind == schema.Period:
		if d, ok := text.ParsePeriod(value); ok {
			return d.String()
		}
	case kind == schema.Hosts:
		return normalHosts(value)
	case kind == schema.OneOf:
		return spelling(p, value)
	case kind.IsList() || kind == schema.Object || kind == schema.Any:
		return normalJSON(key, value)
	}
	return value
}

// size reads a number, with a unit where the release takes one.
func size(p *schema.Property, text string, r schema.Release) (int64, bool) {
	if n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64); err == nil {
		return n, true
	}
	if p.Units == 0 || r < p.Units {
		return 0, false
	}
	return schema.ParseBytes(text)
}

// normalHosts sorts the servers of ZooKeeper, Kafka, Redis or memcached, each of
// which is found by its name and not by its turn. ZooKeeper's may end in a path.
func normalHosts(text string) string {
	end := len(text)
	if i := strings.IndexByte(text, '/'); i >= 0 {
		end = i
	}
	servers := strings.Split(text[:end], ",")
	slices.Sort(servers)
	return strings.Join(servers, ",") + text[end:]
}

// spelling is a choice as Druid has it, where any case will do.
func spelling(p *schema.Property, text string) string {
	for _, c := range p.Choices {
		if p.AnyCase && strings.EqualFold(c.Value, text) {
			return c.Value
		}
	}
	return text
}

// sets are the lists in which the order means nothing.
var sets = []string{
	"druid.auth.authorizers", // by name
	"druid.auth.unsecuredPaths",
	"druid.extensions.loadList",
	"druid.indexer.runner.allowedPrefixes",
	"druid.modules.excludeList",
	"druid.monitoring.monitors",
}

// ordered are the objects in which the order means something: the Router asks
// the first tier that a rule of the data source names.
var ordered = []string{"druid.router.tierToBrokerMap"}

// normalJSON lays JSON out anew. Druid takes a text for JSON by its first
// character, and looks at no more than the first value.
func normalJSON(key, text string) string {
	if text == "" || text[0] != '[' && text[0] != '{' {
		return text
	}
	node, _, err := syntax.ParseJSONPrefix([]byte(text))
	if err != nil {
		return text
	}
	e := encoder{sorted: !slices.Contains(ordered, key)}
	if slices.Contains(sets, key) && node.Kind == syntax.Array {
		return e.set(node)
	}
	return e.text(node)
}
